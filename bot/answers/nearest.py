"""The service points nearest to a place on the map: great-circle distances, from the coordinates that the offices' file holds. Pure functions."""

from __future__ import annotations

import math

from bot.answers import wording as say
from bot.answers.reply import Block, Item, Reply
from bot.knowledge.model import Coordinates, Knowledge

EARTH_RADIUS_KM = 6371.0088  # mean radius of the Earth (IUGG)
MOST_POINTS = 3
FARTHEST_KM = 100.0  # ours: nobody goes farther to file, so the place lies outside the city
_METRES_BELOW_KM = 1.0


def nearest(latitude: float, longitude: float, knowledge: Knowledge) -> Reply | None:
    """Return the points nearest to a place (degrees, WGS 84) with their distances, or None when no office's coordinates are known."""
    here = Coordinates(latitude=latitude, longitude=longitude)
    places = [(point.coordinates, _item_text(point.name, office.name), point.address)
              for office in knowledge.offices.values() for point in office.points]  # fmt: skip
    places += [(office.coordinates, office.name, office.address) for office in knowledge.offices.values()]
    far = sorted((distance_km(here, at), name, address or "") for at, name, address in places if at)
    if not far:
        return None
    if far[0][0] > FARTHEST_KM:
        return Reply("out_of_scope", (Block("text", say.BEYOND_THE_CITY.format(km=f"{FARTHEST_KM:.0f}")),))
    items = tuple(Item(name, _said(km), address or say.NO_ADDRESS, address or None) for km, name, address in far[:MOST_POINTS])
    return Reply("answer", (Block("bullets", say.NEAREST_POINTS, items, "place"),), aspects=("place",))


def distance_km(one: Coordinates, other: Coordinates) -> float:
    """Return the great-circle distance of two places in kilometres (haversine formula)."""
    lat1, lat2 = math.radians(one.latitude), math.radians(other.latitude)
    half_lat, half_lon = (lat2 - lat1) / 2, math.radians(other.longitude - one.longitude) / 2
    share = math.sin(half_lat) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, share)))


def _item_text(point: str, office: str) -> str:
    return say.ADDRESS_IN_OFFICE.format(point=point, office=office)


def _said(km: float) -> str:
    if km < _METRES_BELOW_KM:
        return say.DISTANCE_M.format(m=int(round(km * 1000, -1)))
    return say.DISTANCE_KM.format(km=f"{km:.1f}".replace(".", ","))
