"""Knowledge made up for tests: small folders of staff's files, and values of the model."""

from __future__ import annotations

from pathlib import Path

from bot.knowledge.files import load
from bot.knowledge.model import Knowledge

FIELDS = "- {khoa: ho-tich, ten: Hộ tịch}\n- {khoa: dat-dai, ten: Đất đai}\n"
VOCABULARY = "- {noi: [sổ đỏ], nghia_la: giấy chứng nhận quyền sử dụng đất}\n"
CONTACT = 'tong_dai: ["1900 0000"]\ncong_dich_vu_cong: https://example.vn\nnguon: bịa ra để thử\n'

UNITS = """\
- khoa: phuong-trang
  ten: Phường Trắng
  tu_ngay: 2025-07-01
  gop_tu:
    - {ten: Phường Đen, thuoc: Quận Xám}
    - {ten: Phường Đỏ, thuoc: Quận Xám, mot_phan: có}
- khoa: xa-vang
  ten: Xã Vàng
  tu_ngay: 2025-07-01
  gop_tu:
    - {ten: Phường Đỏ, thuoc: Quận Xám, mot_phan: có}
"""
OFFICES = """\
- khoa: chi-nhanh-01
  ten: Chi nhánh số 01
  dien_thoai: ["1900 0000"]
  diem_tiep_nhan:
    - {ten: Điểm Trắng, dia_chi: "Số 1 phố Trắng", dia_ban: phuong-trang}
    - {ten: Điểm Vàng}
  phuc_vu: [xa-vang]
  nguon: bịa ra để thử
"""

BIRTH = """\
ma: "1.000001"
ten: Đăng ký khai sinh
ten_chinh_thuc: Thủ tục đăng ký khai sinh
ten_goi_khac: [làm giấy khai sinh]
linh_vuc: ho-tich
cap: [xa]
co_quan: [ubnd-xa]
tom_tat: Ghi nhận việc sinh.
ho_so:
  nop:
    - {ten: Tờ khai, ban_chinh: 1, mau: Mẫu số 01}
  xuat_trinh:
    - {ten: Căn cước}
  theo_truong_hop:
    - khi: Trẻ bị bỏ rơi
      giay_to: [{ten: Biên bản, ban_chinh: 1, ban_sao: 2}]
phi:
  - {so_tien: 8000, don_vi: đồng/bản}
thoi_han:
  - {so: 3, don_vi: ngay_lam_viec}
noi_nop: [Bộ phận một cửa của phường]
cach_thuc: [truc_tiep, truc_tuyen]
dieu_kien: []
ket_qua: [Giấy khai sinh]
cong_bo: {quyet_dinh: 1/QĐ-TEST, trang_thai: hieu_luc}
nguon: {duong_dan: https://example.vn/1, kiem_tra_ngay: 2026-07}
cau_hoi_mau:
  - vợ em mới sinh thì làm giấy gì cho bé
  - con mới sinh cần khai gì ở phường
  - khai sinh cho cháu nội hết bao nhiêu
  - lam giay khai sinh cho con can gi
  - khai sinh mat may ngay
  - be moi sinh khai o dau
"""
LAND = """\
ma: "1.000002"
ten: Cấp lại sổ đất bị mất
ten_chinh_thuc: Cấp lại Giấy chứng nhận do bị mất
ten_goi_khac: [mất sổ đỏ]
linh_vuc: dat-dai
cap: [tinh]
tom_tat: Cấp lại sổ khi sổ cũ bị mất.
cong_bo: {trang_thai: hieu_luc}
nguon: {kiem_tra_ngay: 2026}
cau_hoi_mau:
  - sổ đỏ nhà tôi bị mất thì xin lại ở đâu
  - mất sổ đất làm lại bao nhiêu tiền
  - cháy nhà mất sổ hồng thì sao
  - mat so do lam lai the nao
  - xin lai so dat bi mat
  - cap lai giay chung nhan dat bi mat
"""


def folder(at: Path, **files: str) -> Path:
    """Write a knowledge folder at `at`: two procedures, two units and an office unless `files` (path with "/" as "__" -> text) says otherwise."""
    texts = {
        "fields.yml": FIELDS, "agencies.yml": "- {khoa: ubnd-xa, ten: Ủy ban nhân dân xã}\n", "vocabulary.yml": VOCABULARY,
        "contact.yml": CONTACT, "elsewhere.yml": "- Huế\n- Nam Định\n", "units.yml": UNITS, "offices.yml": OFFICES,
        "procedures/ho-tich/1.000001.yml": BIRTH, "procedures/dat-dai/1.000002.yml": LAND,
    }  # fmt: skip
    texts |= {name.replace("__", "/"): text for name, text in files.items()}
    for name, text in texts.items():
        (at / name).parent.mkdir(parents=True, exist_ok=True)
        (at / name).write_text(text, encoding="utf-8")
    return at


def knowledge(at: Path) -> Knowledge:
    """Return the knowledge of the folder made at `at`."""
    return load(folder(at)).knowledge
