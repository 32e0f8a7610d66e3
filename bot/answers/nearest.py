"""The service points nearest to a place on the map: great-circle distances, from the coordinates that staff's files hold. Pure functions.

Where a point's own coordinates are not known, the middle of the ward it stands in does for them, and the distance is told as a rough one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from bot.answers import wording as say
from bot.answers.reply import Block, Item, Reply
from bot.knowledge.model import Coordinates, Knowledge

EARTH_RADIUS_KM = 6371.0088  # mean radius of the Earth (IUGG)
MOST_POINTS = 3
FARTHEST_KM = 100.0  # ours: nobody goes farther to file, so the place lies outside the city
_METRES_BELOW_KM = 1.0


@dataclass(frozen=True)
class _Place:
    """Where people are received: its name, address and coordinates, and whether these are only the middle of its ward."""

    name: str
    address: str | None
    at: Coordinates
    rough: bool


def nearest(latitude: float, longitude: float, knowledge: Knowledge) -> Reply | None:
    """Return the points nearest to a place (degrees, WGS 84) with their distances, or None when it is not known where any lies."""
    here = Coordinates(latitude=latitude, longitude=longitude)
    far = sorted(((distance_km(here, place.at), place) for place in _places(knowledge)), key=lambda pair: pair[0])
    if not far:
        return None
    if far[0][0] > FARTHEST_KM:
        return Reply("out_of_scope", (Block("text", say.BEYOND_THE_CITY.format(km=f"{FARTHEST_KM:.0f}")),))
    items = tuple(
        Item(place.name, _said(km, place.rough), place.address or say.NO_ADDRESS, place.address) for km, place in far[:MOST_POINTS]
    )
    notes = (Block("note", say.ROUGH_DISTANCES, (), "place"),) if any(place.rough for _, place in far[:MOST_POINTS]) else ()
    return Reply("answer", (Block("bullets", say.NEAREST_POINTS, items, "place"), *notes), aspects=("place",))


def _places(knowledge: Knowledge) -> Iterator[_Place]:
    for office in knowledge.offices.values():
        if office.coordinates:
            yield _Place(office.name, office.address, office.coordinates, rough=False)
        for point in office.points:
            ward = knowledge.units.get(point.unit or "")
            at = point.coordinates or (ward.coordinates if ward else None)
            if at:
                name = say.ADDRESS_IN_OFFICE.format(point=point.name, office=office.name)
                yield _Place(name, point.address, at, rough=point.coordinates is None)


def distance_km(one: Coordinates, other: Coordinates) -> float:
    """Return the great-circle distance of two places in kilometres (haversine formula)."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.longitude - one.longitude) / 2
    share = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, share)))


def _said(km: float, rough: bool) -> str:
    if rough:
        return say.DISTANCE_ROUGH.format(km=max(1, round(km)))
    if km < _METRES_BELOW_KM:
        return say.DISTANCE_M.format(m=int(round(km * 1000, -1)))
    return say.DISTANCE_KM.format(km=f"{km:.1f}".replace(".", ","))
