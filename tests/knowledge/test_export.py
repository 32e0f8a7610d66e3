"""Exports: every format holds the facts of the published entries, no more and no less, and others' programs can read it."""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bot.cli import main
from bot.knowledge import catalogue, files, importer
from bot.knowledge.decode import read
from bot.knowledge.export import ExportFailed, LeftOut, export
from bot.knowledge.exporters import cpsv_ap, linked
from bot.knowledge.model import Duration, Knowledge, Procedure
from bot.knowledge.publish import Snapshot, open_snapshot, publish
from bot.understanding import index
from tests.building import BIRTH, LAND, folder

REPOSITORY = Path(__file__).resolve().parents[2]
PROFILE = REPOSITORY / "../shared/data/cpsv-ap-3.2.0"
HEADER = (
    "ma,ten,linh_vuc,cap,co_quan,cach_thuc,thoi_han_truc_tiep,thoi_han_truc_tuyen,phi_truc_tiep,phi_truc_tuyen,loai_truc_tuyen,"
    "quyet_dinh,duong_dan,kiem_tra_ngay,cua_tinh\n"
)
ROWS = (
    "1.000003,Thủ tục cấp phép,dat-dai,tinh,Sở Xây dựng,truc_tiep|truc_tuyen,2 giờ,3 ngày,10 USD,Miễn phí,toan_trinh,2/QĐ-TEST,https://example.vn/3,2026-07-20,\n"
    "1.000004,Hỗ trợ hỏa táng,ho-tich,xa,,truc_tiep,,,,,,,,2026-07,Huế\n"
)
ENDED = LAND.replace("trang_thai: hieu_luc", "trang_thai: thay_the, thay_the_boi: '1.000003'")
BIRTH_ID, LAND_ID, PERMIT_ID = (f"urn:tthc:thu-tuc:1.00000{n}" for n in (1, 2, 3))


@pytest.fixture
def snapshot(tmp_path: Path) -> Snapshot:
    """Published: two entries in full (no fee or agency is known of the second), a row, and a row of another province."""
    return published(tmp_path)


def published(at: Path, **changed: str) -> Snapshot:
    source = folder(at / "knowledge", **{"catalogue.csv": HEADER + ROWS, **changed})
    publish(files.load(source).knowledge, at / "home", index.write)
    return open_snapshot(at / "home")


def text(snapshot: Snapshot, wanted: str) -> str:
    out = io.StringIO()
    export(snapshot, wanted, None, out)
    return out.getvalue()


def records(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    lines = map(json.loads, text(snapshot, "jsonl").splitlines())
    return {line["ma"]: line for line in lines}


def graph(snapshot: Snapshot, wanted: str) -> dict[str, dict[str, Any]]:
    return {node["@id"]: node for node in json.loads(text(snapshot, wanted))["@graph"]}


def sheet(snapshot: Snapshot, at: Path) -> list[tuple[Any, ...]]:
    export(snapshot, "xlsx", at / "list.xlsx", io.StringIO())
    return [tuple(line) for line in openpyxl.load_workbook(at / "list.xlsx").worksheets[0].iter_rows(values_only=True)]


# JSON Lines


def test_a_line_of_json_is_the_file_that_staff_wrote(snapshot: Snapshot) -> None:
    for code, record in records(snapshot).items():
        names = {key: record.pop(key) for key in ("ten_linh_vuc", "ten_co_quan") if key in record}
        assert read(Procedure, json.dumps(record), "line")[0] == snapshot.knowledge.procedures[code]
        assert names["ten_linh_vuc"] in ("Hộ tịch", "Đất đai")


def test_unknown_facts_are_absent_and_none_is_told_from_unknown(snapshot: Snapshot) -> None:
    birth, land = records(snapshot)["1.000001"], records(snapshot)["1.000002"]
    assert birth["dieu_kien"] == []
    assert birth["ten_co_quan"] == ["Ủy ban nhân dân xã"]
    assert set(land) == set("ma ten ten_chinh_thuc ten_goi_khac linh_vuc cap tom_tat cong_bo nguon cau_hoi_mau ten_linh_vuc".split())


def test_another_provinces_record_is_marked_where_people_read_it(snapshot: Snapshot, tmp_path: Path) -> None:
    assert records(snapshot)["1.000004"]["nguon"]["cua_tinh"] == "Huế"
    assert sheet(snapshot, tmp_path)[-1][-1] == "Huế"


# The sheet


def test_the_sheet_holds_a_title_a_header_and_the_facts_in_words(snapshot: Snapshot, tmp_path: Path) -> None:
    title, header, birth, land, permit, _ = sheet(snapshot, tmp_path)
    assert (snapshot.version in title[0], title[1]) == (True, None)
    assert header[:5] == ("Mã số", "Tên", "Cơ quan thực hiện", "Lĩnh vực", "Cấp thực hiện")
    assert birth == (
        "1.000001", "Thủ tục đăng ký khai sinh", "Ủy ban nhân dân xã", "Hộ tịch", "Cấp xã", "Trực tiếp\nTrực tuyến", "3 ngày làm việc", "8.000 đồng/bản",
        None, "1/QĐ-TEST", "https://example.vn/1", "2026-07", None,
    )  # fmt: skip
    assert land[2:] == (None, "Đất đai", "Cấp tỉnh", None, None, None, None, None, None, "2026", None)
    assert permit[6:9] == (
        "(Trực tiếp): 2 giờ\n(Trực tuyến): 3 ngày",
        "(Trực tiếp): 10 USD\n(Trực tuyến): Miễn phí",
        "Dịch vụ công trực tuyến toàn trình",
    )


def test_every_cell_of_the_sheet_is_text(tmp_path: Path) -> None:
    formula = published(tmp_path, **{"procedures__dat-dai__1.000002.yml": LAND.replace("Cấp lại Giấy chứng nhận do bị mất", '"=1+1"')})
    export(formula, "xlsx", tmp_path / "list.xlsx", io.StringIO())
    page = openpyxl.load_workbook(tmp_path / "list.xlsx").worksheets[0]
    assert page["B4"].value == "=1+1"
    assert {cell.data_type for line in page.iter_rows() for cell in line if cell.value} == {"s"}
    assert {page["A3"].number_format, page["L3"].number_format} == {"@"}


def test_an_import_of_the_sheet_changes_nothing(snapshot: Snapshot, tmp_path: Path) -> None:
    sheet(snapshot, tmp_path)
    known = snapshot.knowledge
    reader = importer.Reader(known.fields, known.elsewhere, "2026-07")
    reader.read(tmp_path / "list.xlsx")
    rows = [row for _, row in catalogue.read(tmp_path / "knowledge/catalogue.csv")]
    report = importer.compare(reader.found, rows, {c: p for c, p in known.procedures.items() if p.in_full})
    assert set(reader.found.rows) == set(known.procedures)
    assert (report.new, report.changed, report.gone, report.written_up, reader.found.fields, reader.found.unreadable) == (
        (),
        (),
        (),
        (),
        {},
        [],
    )


def test_an_import_of_the_sheet_elsewhere_brings_levels_and_agencies(snapshot: Snapshot, tmp_path: Path) -> None:
    sheet(snapshot, tmp_path)
    reader = importer.Reader(snapshot.knowledge.fields, (), "2026-07")
    reader.read(tmp_path / "list.xlsx")
    row = reader.found.rows["1.000002"]
    assert (row.ten, row.linh_vuc, row.cap, row.co_quan) == ("Cấp lại Giấy chứng nhận do bị mất", "dat-dai", "tinh", "")
    assert reader.found.rows["1.000003"].co_quan == "Sở Xây dựng"


# CPSV-AP


def test_a_service_of_cpsv_ap_holds_the_facts(snapshot: Snapshot) -> None:
    nodes = graph(snapshot, "cpsv-ap")
    birth = nodes[BIRTH_ID]
    assert (birth["@type"], birth["identifier"], birth["title"]) == ("cpsv:PublicService", "1.000001", "Thủ tục đăng ký khai sinh")
    assert birth["description"] == ["Ghi nhận việc sinh.", "Thời hạn giải quyết: 3 ngày làm việc"]
    assert birth["keyword"] == ["Đăng ký khai sinh", "làm giấy khai sinh"]
    assert nodes[birth["hasCompetentAuthority"][0]["@id"]] == {
        "@id": "urn:tthc:co-quan:ubnd-xa", "@type": "cv:PublicOrganisation", "prefLabel": "Ủy ban nhân dân xã", "spatial": [{"@id": "urn:tthc:dia-ban:ha-noi"}],
    }  # fmt: skip
    assert nodes[birth["spatial"][0]["@id"]]["prefLabel"] == "Hà Nội"
    assert nodes[birth["thematicArea"][0]["@id"]]["prefLabel"] == "Hộ tịch"
    assert [(e["title"], e["description"]) for e in birth["hasInput"]] == [
        ("Tờ khai", "Phải nộp; 1 bản chính; Mẫu số 01"), ("Căn cước", "Chỉ xuất trình"),
        ("Biên bản", "Trường hợp: Trẻ bị bỏ rơi; 1 bản chính; 2 bản sao"),
    ]  # fmt: skip
    assert [o["title"] for o in birth["produces"]] == ["Giấy khai sinh"]
    assert [nodes[r["@id"]]["title"] for r in birth["hasLegalResource"]] == ["1/QĐ-TEST"]
    assert birth["source"] == {"@id": "https://example.vn/1"}
    assert birth["date"] == {"@value": "2026-07", "@type": "xsd:gYearMonth"}


def test_an_amount_is_a_value_free_is_zero_and_words_are_a_description(snapshot: Snapshot) -> None:
    nodes = graph(snapshot, "cpsv-ap")
    (cost,) = nodes[BIRTH_ID]["hasCost"]
    assert (cost["hasValue"], cost["currency"]["@id"]) == (8000, "http://publications.europa.eu/resource/authority/currency/VND")
    assert cost["description"][0] == "8.000 đồng/bản"
    assert "dữ liệu quốc gia" in cost["description"][1]
    in_words, free = nodes[PERMIT_ID]["hasCost"]
    assert ("hasValue" in in_words, in_words["description"][0]) == (False, "(Trực tiếp): 10 USD")
    assert (free["hasValue"], free["ifAccessedThrough"]["@id"]) == (0, f"{PERMIT_ID}:cach-thuc:truc_tuyen")
    assert "hasCost" not in nodes[LAND_ID]


def test_a_time_limit_stands_on_its_channel_and_working_days_in_words_only(snapshot: Snapshot) -> None:
    nodes = graph(snapshot, "cpsv-ap")
    assert "processingTime" not in nodes[BIRTH_ID]
    assert [c.get("processingTime") for c in nodes[BIRTH_ID]["hasChannel"]] == [None, None]
    in_person, online = nodes[PERMIT_ID]["hasChannel"]
    assert (in_person["processingTime"], online["processingTime"]) == ("PT2H", "P3D")
    assert (online["description"], online["page"]) == ("Dịch vụ công trực tuyến toàn trình", {"@id": "https://example.vn/3"})


def test_what_the_profile_demands_and_nobody_knows_is_said_to_be_unknown(snapshot: Snapshot) -> None:
    nodes = graph(snapshot, "cpsv-ap")
    (authority,) = nodes[LAND_ID]["hasCompetentAuthority"]
    assert nodes[authority["@id"]]["prefLabel"] == "Cấp tỉnh thực hiện, dữ liệu chưa ghi tên cơ quan"
    assert nodes[PERMIT_ID]["description"][0] == "Thủ tục hành chính thuộc lĩnh vực Đất đai; dữ liệu chưa có phần mô tả."


def test_a_replaced_procedure_says_so_and_names_its_successor(tmp_path: Path) -> None:
    nodes = graph(published(tmp_path, **{"procedures__dat-dai__1.000002.yml": ENDED}), "cpsv-ap")
    assert nodes[nodes[LAND_ID]["status"]["@id"]]["prefLabel"] == "Bị thay thế"
    assert nodes[LAND_ID]["relatedService"] == [{"@id": PERMIT_ID}]


@pytest.mark.parametrize(
    ("number", "unit", "written"),
    [
        (3, "ngay", "P3D"), (0.5, "ngay", "PT12H"), (8, "gio", "PT8H"), (1.5, "gio", "PT90M"), (2, "thang", "P2M"), (0.5, "thang", None),
        (3, "ngay_lam_viec", None), (0.3, "ngay", None), (None, None, None),
    ],
)  # fmt: skip
def test_a_duration_is_written_only_where_it_is_exact(number: float | None, unit: Any, written: str | None) -> None:
    assert linked.iso8601(Duration(number=number and float(number), unit=unit, text=None if unit else "Trong ngày")) == written


def test_of_several_time_limits_none_is_the_one() -> None:
    assert linked.the_only([Duration(number=3.0, unit="ngay"), Duration(text="Có thể lâu hơn")]) is None


# schema.org


def test_a_government_service_holds_the_facts(snapshot: Snapshot) -> None:
    nodes = graph(snapshot, "schema-org")
    birth = nodes[BIRTH_ID]
    assert (birth["@type"], birth["name"], birth["identifier"]) == ("GovernmentService", "Đăng ký khai sinh", "1.000001")
    assert birth["serviceOperator"] == birth["provider"] == [{"@id": "urn:tthc:co-quan:ubnd-xa"}]
    assert nodes["urn:tthc:co-quan:ubnd-xa"]["name"] == "Ủy ban nhân dân xã"
    assert nodes[birth["areaServed"]["@id"]] == {"@id": "urn:tthc:dia-ban:ha-noi", "@type": "AdministrativeArea", "name": "Hà Nội"}
    assert [(o["price"], o["priceCurrency"]) for o in birth["offers"]] == [(8000, "VND")]
    assert [c["name"] for c in birth["availableChannel"]] == ["Trực tiếp", "Trực tuyến", "Nơi nộp hồ sơ"]
    assert birth["termsOfService"] == ["1/QĐ-TEST"]
    assert birth["subjectOf"] == {"@type": "WebPage", "url": "https://example.vn/1", "lastReviewed": "2026-07"}


def test_offers_and_channels_tell_what_is_known(snapshot: Snapshot) -> None:
    nodes = graph(snapshot, "schema-org")
    in_words, free = nodes[PERMIT_ID]["offers"]
    assert ("price" in in_words, in_words["description"][0], free["price"]) == (False, "(Trực tiếp): 10 USD", 0)
    assert [(c["processingTime"], c.get("serviceUrl")) for c in nodes[PERMIT_ID]["availableChannel"]] == [
        ("PT2H", None),
        ("P3D", "https://example.vn/3"),
    ]
    assert not {"offers", "provider", "serviceOperator", "availableChannel", "termsOfService", "url"} & set(nodes[LAND_ID])


# What is left out


def test_another_provinces_record_is_left_out_of_linked_data_with_the_reason(snapshot: Snapshot) -> None:
    for wanted in ("cpsv-ap", "schema-org"):
        assert export(snapshot, wanted, None, io.StringIO()) == (LeftOut("1.000004", "bản ghi của Huế, không phải của Hà Nội"),)
        assert not [name for name in graph(snapshot, wanted) if "1.000004" in name]


def test_what_is_no_longer_in_force_is_left_out_of_schema_org(tmp_path: Path) -> None:
    past = BIRTH.replace("trang_thai: hieu_luc", "hieu_luc_den: 2020-01-31")
    ended = published(tmp_path, **{"procedures__dat-dai__1.000002.yml": ENDED, "procedures__ho-tich__1.000001.yml": past})
    assert [r.code for r in export(ended, "schema-org", None, io.StringIO())] == ["1.000001", "1.000002", "1.000004"]


# Others' programs


def refuse(address: str, options: Any) -> Any:
    raise AssertionError(f"a document was asked of the network: {address}")


@pytest.mark.parametrize(("wanted", "title"), [("cpsv-ap", "http://purl.org/dc/terms/title"), ("schema-org", "https://schema.org/name")])
def test_linked_data_expands_without_a_network(snapshot: Snapshot, wanted: str, title: str) -> None:
    jsonld = pytest.importorskip("pyld.jsonld")
    expanded = {node["@id"]: node for node in jsonld.expand(json.loads(text(snapshot, wanted)), {"documentLoader": refuse})}
    assert expanded[LAND_ID][title][0]["@language"] == "vi"
    assert set(expanded) == set(graph(snapshot, wanted))
    assert not [key for node in _all_nodes(list(expanded.values())) for key in node if ":" not in key and not key.startswith("@")]


def _all_nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _all_nodes(item)


def real() -> Knowledge:
    """Return a sample of the repository's own knowledge: every third entry in full, and every fortieth row."""
    known = files.load(REPOSITORY / "knowledge").knowledge
    of_the_city = [p for p in known.procedures.values() if p.source.province is None]
    in_full, rows = [p for p in of_the_city if p.in_full], [p for p in of_the_city if not p.in_full]
    kept = {p.code: p for p in in_full[::3] + rows[::40]}
    return Knowledge(kept, known.fields, known.agencies, known.vocabulary, known.contact)


@pytest.fixture(scope="module")
def profile() -> Path:
    if not PROFILE.is_dir():
        pytest.skip("../shared/data/cpsv-ap-3.2.0 is not here")
    return PROFILE


def test_real_entries_satisfy_the_shapes_of_cpsv_ap(profile: Path) -> None:
    pyshacl, rdflib = pytest.importorskip("pyshacl"), pytest.importorskip("rdflib")
    shapes = rdflib.Graph().parse(profile / "cpsv-ap-SHACL.ttl")
    data = rdflib.Graph().parse(data="\n".join(cpsv_ap.lines(real())), format="json-ld")
    conforms, _, report = pyshacl.validate(data, shacl_graph=shapes)
    assert conforms, report
    services = set(data.subjects(rdflib.RDF.type, rdflib.URIRef("http://purl.org/vocab/cpsv#PublicService")))
    assert len(services) == len(real().procedures)
    data.remove((min(services), rdflib.URIRef("http://purl.org/dc/terms/title"), None))
    assert not pyshacl.validate(data, shacl_graph=shapes)[0]  # the shapes do see a fault


def test_every_property_is_one_of_the_profile_or_declared_to_be_outside_it(profile: Path) -> None:
    jsonld = pytest.importorskip("pyld.jsonld")
    terms = json.loads((profile / "cpsv-ap.jsonld").read_text(encoding="utf-8"))["@context"].values()
    known = {term if isinstance(term, str) else term["@id"] for term in terms}
    nodes = list(_all_nodes(jsonld.expand(json.loads("\n".join(cpsv_ap.lines(real()))), {"documentLoader": refuse})))
    used = {key for node in nodes for key in node if not key.startswith("@")} | {t for n in nodes if "@id" in n for t in n.get("@type", ())}
    assert used - known == {"http://purl.org/dc/terms/source", "http://purl.org/dc/terms/date"}


# What cannot be done, and the command


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TTHC_HOME", str(tmp_path / "home"))
    return tmp_path


def test_the_command_writes_to_standard_output_and_tells_what_it_left_out(
    home: Path, snapshot: Snapshot, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", "--format", "cpsv-ap"]) == 0
    said = capsys.readouterr()
    assert PERMIT_ID in {node["@id"] for node in json.loads(said.out)["@graph"]}
    assert said.err == "Bỏ qua 1.000004: bản ghi của Huế, không phải của Hà Nội.\n"


def test_the_command_replaces_a_file_whole(home: Path, snapshot: Snapshot) -> None:
    (home / "out.jsonl").write_text("old", encoding="utf-8")
    assert main(["export", "--format", "jsonl", "--out", str(home / "out.jsonl")]) == 0
    assert (home / "out.jsonl").read_text(encoding="utf-8") == text(snapshot, "jsonl")
    assert not list(home.glob(".*.new"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "csv"], "Không có định dạng «csv». Dùng --format với một trong: jsonl, xlsx, cpsv-ap, schema-org."),
        ([], "Không có định dạng"),
        (["--format", "xlsx"], "Thêm --out"),
        (["--format", "jsonl", "--out", "{here}/no folder/a"], "Không ghi được"),
        (["--format", "xlsx", "--out", "{here}"], "Không ghi được"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_with_a_mend(
    home: Path, snapshot: Snapshot, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert main(["export", *(a.format(here=home) for a in arguments)]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


def test_only_a_file_is_ever_replaced(snapshot: Snapshot, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "device")
    with pytest.raises(ExportFailed, match="device"):
        export(snapshot, "jsonl", tmp_path / "device", io.StringIO())
    assert (tmp_path / "device").is_fifo()
    (tmp_path / "link").symlink_to(tmp_path / "target")
    export(snapshot, "jsonl", tmp_path / "link", io.StringIO())
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").is_file()


def test_nothing_published_is_said(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--format", "jsonl"]) == 2
    assert "tthc publish" in capsys.readouterr().err


def test_a_file_that_failed_is_left_as_it_was(snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> Any:
        raise OSError("no space")

    monkeypatch.setattr("bot.knowledge.export.xlsx.write", full)
    (tmp_path / "a.xlsx").write_text("old", encoding="utf-8")
    with pytest.raises(ExportFailed, match=r"a\.xlsx"):
        export(snapshot, "xlsx", tmp_path / "a.xlsx", io.StringIO())
    assert (tmp_path / "a.xlsx").read_text(encoding="utf-8") == "old"
