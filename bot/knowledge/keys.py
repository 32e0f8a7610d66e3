"""What each key and each fixed value of staff's files means, in Vietnamese: hints of an editor, names in a difference, the handbook."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from bot.knowledge.model import (
    Case,
    Change,
    Contact,
    Coordinates,
    Decree,
    Difference,
    DossierStatus,
    Duration,
    Expired,
    Fee,
    Figure,
    Form,
    Former,
    InternalStep,
    Meaning,
    Named,
    Office,
    Online,
    Paper,
    Papers,
    Point,
    Procedure,
    Publication,
    Replacement,
    Source,
    SpecialDay,
    Unit,
)


@dataclass(frozen=True)
class Key:
    """A key: what staff call it, and what to write there."""

    label: str
    says: str


KEYS: dict[type[Any], dict[str, Key]] = {
    Procedure: {
        "ma": Key("Mã thủ tục", 'Mã trên Cổng Dịch vụ công Quốc gia, trong ngoặc kép: "1.001193". Trùng với tên tệp.'),
        "ten": Key("Tên", "Tên gọn cho người dân đọc, không có chữ «Thủ tục» ở đầu."),
        "ten_chinh_thuc": Key("Tên chính thức", "Tên đúng như quyết định công bố."),
        "ten_goi_khac": Key("Tên gọi khác", "Cách người dân gọi thủ tục này; mỗi tên chỉ thuộc một thủ tục."),
        "gom_ma": Key("Gồm các mã", "Mã của các hàng trong catalogue.csv mà mục này trả lời thay: mã cũ, hoặc một phần của thủ tục."),
        "linh_vuc": Key("Lĩnh vực", "Khóa trong fields.yml, cũng là tên thư mục chứa tệp."),
        "cap": Key("Cấp thực hiện", "Các cấp giải quyết thủ tục."),
        "co_quan": Key("Cơ quan giải quyết", "Các khóa trong agencies.yml."),
        "doi_tuong": Key("Đối tượng thực hiện", "Ai được làm thủ tục này."),
        "tom_tat": Key("Tóm tắt", "Một câu cho biết thủ tục để làm gì."),
        "phan_biet": Key("Phân biệt", "Điều giúp người dân chọn đúng giữa các thủ tục dễ lẫn."),
        "ho_so": Key("Thành phần hồ sơ", "Giấy tờ phải nộp, chỉ xuất trình, và tùy trường hợp. Chưa biết thì bỏ cả khóa."),
        "phi": Key("Phí, lệ phí", "Mỗi khoản ghi một trong hai: so_tien hoặc mo_ta."),
        "thoi_han": Key("Thời hạn giải quyết", "Mỗi mục ghi một trong hai: so kèm don_vi, hoặc mo_ta."),
        "noi_nop": Key("Nơi nộp", "Nơi nhận hồ sơ."),
        "cach_thuc": Key("Cách nộp", "Các cách nộp hồ sơ."),
        "trinh_tu": Key("Trình tự", "Các bước theo thứ tự, mỗi bước một câu."),
        "dieu_kien": Key("Điều kiện", "Chưa biết thì bỏ khóa; biết chắc là không có điều kiện thì ghi []."),
        "ket_qua": Key("Kết quả", "Giấy tờ người dân nhận được."),
        "can_cu": Key("Căn cứ pháp lý", "Số hiệu văn bản: 123/2015/NĐ-CP."),
        "mau_don": Key("Mẫu đơn", "Mẫu đơn, tờ khai của thủ tục."),
        "truc_tuyen": Key("Trực tuyến", "Mức độ dịch vụ công trực tuyến và trang nộp hồ sơ."),
        "quy_trinh_noi_bo": Key("Quy trình nội bộ", "Các bước xử lý trong cơ quan."),
        "cong_bo": Key("Công bố", "Quyết định công bố, hiệu lực và trạng thái."),
        "nguon": Key("Nguồn", "Trang đã đọc và ngày kiểm tra lần cuối."),
        "cau_hoi_mau": Key("Câu hỏi mẫu", "Ít nhất 6 câu như người dân gõ, một nửa không dấu."),
    },
    Paper: {
        "ten": Key("Tên giấy tờ", "Tên giấy tờ, không kèm số bản."),
        "ban_chinh": Key("Bản chính", "Số bản chính; không rõ thì bỏ."),
        "ban_sao": Key("Bản sao", "Số bản sao; không rõ thì bỏ."),
        "mau": Key("Mẫu", "Ký hiệu mẫu: Mẫu số 01."),
        "ghi_chu": Key("Ghi chú", "Điều cần lưu ý về giấy tờ này."),
    },
    Case: {
        "khi": Key("Khi", "Trường hợp nào cần các giấy tờ này."),
        "giay_to": Key("Giấy tờ", "Giấy tờ của riêng trường hợp này."),
    },
    Papers: {
        "nop": Key("Phải nộp", "Giấy tờ ai cũng phải nộp."),
        "xuat_trinh": Key("Chỉ xuất trình", "Giấy tờ chỉ mang theo để đối chiếu."),
        "theo_truong_hop": Key("Theo trường hợp", "Giấy tờ chỉ vài trường hợp cần."),
        "ghi_chu": Key("Lưu ý", "Lưu ý chung về giấy tờ."),
    },
    Fee: {
        "ten": Key("Tên khoản", "Tên khoản thu, nếu có nhiều khoản."),
        "cach_thuc": Key("Cách nộp", "Khoản này dành cho cách nộp nào; bỏ khóa nếu cho mọi cách."),
        "so_tien": Key("Số tiền", "Số tiền bằng đồng, chỉ chữ số; miễn phí thì ghi 0."),
        "don_vi": Key("Đơn vị", "Đơn vị nếu không phải «đồng»: đồng/bản, đồng/trang."),
        "mo_ta": Key("Mô tả", "Câu mô tả mức thu khi không có một số tiền cụ thể."),
        "ghi_chu": Key("Ghi chú", "Ai được miễn, giảm; khi nào thu."),
        "muc": Key("Mức", "Mức chung cả nước hay mức riêng của Hà Nội."),
    },
    Duration: {
        "cach_thuc": Key("Cách nộp", "Thời hạn này dành cho cách nộp nào; bỏ khóa nếu cho mọi cách."),
        "so": Key("Số", "Số ngày, giờ hoặc tháng, lớn hơn 0."),
        "don_vi": Key("Đơn vị", "Đơn vị của số ở trên."),
        "mo_ta": Key("Mô tả", "Câu mô tả thời hạn khi không có một số cụ thể."),
        "ghi_chu": Key("Ghi chú", "Khi nào kéo dài, tính từ lúc nào."),
    },
    Form: {
        "ten": Key("Tên mẫu", "Tên mẫu đơn, tờ khai."),
        "ky_hieu": Key("Ký hiệu", "Ký hiệu của mẫu."),
        "duong_dan": Key("Đường dẫn", "Trang tải mẫu, bắt đầu bằng https://."),
    },
    Online: {
        "muc_do": Key("Mức độ (thang 2020)", "Mức độ 1 đến 4 theo thang năm 2020; không suy ra từ «loai»."),
        "loai": Key("Loại", "Loại theo Nghị định 42/2022: toàn trình, một phần hoặc chỉ có thông tin."),
        "tu_ngay": Key("Từ ngày", "Ngày bắt đầu: 2025-07-01."),
        "duong_dan": Key("Đường dẫn", "Trang nộp hồ sơ, bắt đầu bằng https://."),
    },
    InternalStep: {
        "buoc": Key("Bước", "Tên bước."),
        "don_vi": Key("Đơn vị", "Bộ phận làm bước này."),
        "thoi_han": Key("Thời hạn", "Thời gian của bước: 0.5 ngày."),
    },
    Publication: {
        "quyet_dinh": Key("Quyết định", "Số quyết định công bố: 163/QĐ-BTP."),
        "hieu_luc_tu": Key("Hiệu lực từ", "Ngày có hiệu lực: 2025-07-01."),
        "hieu_luc_den": Key("Hiệu lực đến", "Ngày hết hiệu lực, nếu đã biết."),
        "trang_thai": Key("Trạng thái", "Còn hiệu lực, được sửa đổi, bị thay thế hay bị bãi bỏ."),
        "thay_the_boi": Key("Thay thế bởi", "Mã thủ tục thay thế, đang có trong kho."),
        "thay_doi": Key("Thay đổi sắp tới", "Điều sẽ đổi từ một ngày; trợ lý báo trước cho người dân."),
    },
    Change: {
        "tu_ngay": Key("Từ ngày", "Ngày điều này có hiệu lực: 2027-01-01."),
        "noi_dung": Key("Nội dung", "Một câu nói điều gì đổi."),
    },
    Source: {
        "kiem_tra_ngay": Key("Ngày kiểm tra", "Lần cuối đối chiếu với nguồn: 2026, 2026-07 hoặc 2026-07-20."),
        "cua_tinh": Key("Của tỉnh", "Tên tỉnh khác, nếu nguồn là bản của tỉnh đó."),
        "duong_dan": Key("Đường dẫn", "Trang đã đọc, bắt đầu bằng https://."),
    },
    Difference: {
        "nhan": Key("Nhãn", "Chữ trên nút chọn, ngắn, nói rõ thủ tục này khác ở đâu."),
        "khi": Key("Khi", "Khi nào thì đây là thủ tục đúng."),
    },
    Named: {
        "khoa": Key("Khóa", "Chữ thường không dấu, nối bằng gạch ngang: ho-tich."),
        "ten": Key("Tên", "Tên cho người dân đọc."),
        "ten_goi_khac": Key("Tên gọi khác", "Cách gọi khác của người dân."),
        "ten_nguon": Key("Tên ở nguồn", "Tên trong danh mục quốc gia, nếu khác."),
    },
    Decree: {
        "so": Key("Số quyết định", "Số hiệu: 163/QĐ-BTP."),
        "hieu_luc_tu": Key("Hiệu lực từ", "Ngày có hiệu lực: 2026-07-01."),
        "ngay_ban_hanh": Key("Ngày ban hành", "Ngày ký: 2026-06-20."),
        "moi": Key("Thủ tục mới", "Mã các thủ tục bắt đầu từ ngày hiệu lực."),
        "sua_doi": Key("Thủ tục sửa đổi", "Mã các thủ tục được sửa đổi."),
        "bai_bo": Key("Thủ tục bãi bỏ", "Mã các thủ tục hết hiệu lực mà không có thủ tục thay."),
        "thay_the": Key("Thủ tục thay thế", "Từng cặp: mã cũ, mã mới."),
        "nguon": Key("Nguồn", "Đọc quyết định ở đâu."),
    },
    Replacement: {
        "cu": Key("Mã cũ", "Thủ tục hết hiệu lực."),
        "moi": Key("Mã mới", "Thủ tục thay vào."),
    },
    Expired: {
        "so": Key("Số hiệu", "Số hiệu văn bản, như ghi ở can_cu: 123/2015/NĐ-CP."),
        "het_hieu_luc_tu": Key("Hết hiệu lực từ", "Ngày đầu tiên không còn hiệu lực: 2026-07-01."),
        "thay_the_boi": Key("Thay thế bởi", "Số hiệu văn bản thay thế, nếu có."),
        "nguon": Key("Nguồn", "Văn bản nào nói như vậy."),
    },
    Figure: {
        "noi_dung": Key("Nội dung", "Câu trả lời, có con số."),
        "so": Key("Số", "Con số chính, chỉ chữ số."),
        "ngay": Key("Ngày", "Số liệu tính đến ngày nào: 2020-06-27."),
        "nguon": Key("Nguồn", "Nơi công bố con số."),
        "cau_hoi_mau": Key("Câu hỏi mẫu", "Người dân hỏi con số này thế nào."),
    },
    SpecialDay: {
        "ngay": Key("Ngày", "Ngày nghỉ, hoặc ngày cuối tuần đi làm bù: 2026-02-16."),
        "ten": Key("Tên", "Nghỉ vì sao: Tết Nguyên đán."),
        "di_lam": Key("Đi làm", "Ghi có khi là ngày cuối tuần đi làm bù."),
    },
    DossierStatus: {
        "so": Key("Số", "Số của trạng thái, 1 đến 10."),
        "ten": Key("Tên", "Tên trạng thái theo quy định."),
        "ten_goi_khac": Key("Tên gọi khác", "Cách gọi khác của người dân hoặc của hệ thống một cửa."),
        "nghia_la": Key("Nghĩa là", "Trạng thái này nghĩa là gì, bằng lời thường."),
        "can_lam": Key("Cần làm", "Người nộp cần làm gì tiếp."),
    },
    Unit: {
        "khoa": Key("Khóa", "Tên không dấu, nối bằng gạch ngang: phuong-cau-giay."),
        "ten": Key("Tên", "Tên đủ chữ Phường hoặc Xã."),
        "tu_ngay": Key("Từ ngày", "Ngày đơn vị bắt đầu: 2025-07-01."),
        "toa_do": Key("Tọa độ", "Tâm của phường, xã, theo nguồn ghi ở đầu tệp."),
        "gop_tu": Key("Gộp từ", "Các phường, xã, thị trấn cũ nhập vào đơn vị này."),
    },
    Former: {
        "ten": Key("Tên cũ", "Tên phường, xã, thị trấn cũ."),
        "thuoc": Key("Thuộc", "Quận, huyện, thị xã cũ."),
        "mot_phan": Key("Một phần", "Ghi có khi chỉ một phần nhập vào đây."),
    },
    Office: {
        "khoa": Key("Khóa", "Chữ thường không dấu, nối bằng gạch ngang: chi-nhanh-01."),
        "ten": Key("Tên", "Tên nơi tiếp nhận."),
        "dia_chi": Key("Địa chỉ", "Địa chỉ đúng như nguồn ghi; chưa biết thì bỏ."),
        "dien_thoai": Key("Điện thoại", "Các số, mỗi số trong ngoặc kép."),
        "trang_web": Key("Trang web", "Địa chỉ trang web."),
        "toa_do": Key("Tọa độ", "Chỉ ghi khi đo được tại chỗ hoặc có nguồn."),
        "diem_tiep_nhan": Key("Điểm tiếp nhận", "Các điểm nhận hồ sơ của chi nhánh."),
        "phuc_vu": Key("Phục vụ", "Khóa các phường, xã trong units.yml; chưa ai cho biết thì bỏ."),
        "nguon": Key("Nguồn", "Các dữ liệu này lấy ở đâu."),
    },
    Point: {
        "ten": Key("Tên điểm", "Tên điểm tiếp nhận."),
        "dia_chi": Key("Địa chỉ", "Địa chỉ đúng như nguồn ghi."),
        "dia_ban": Key("Địa bàn", "Khóa của phường, xã nơi đặt điểm, trong units.yml."),
        "toa_do": Key("Tọa độ", "Chỉ ghi khi đo được tại chỗ hoặc có nguồn."),
    },
    Coordinates: {
        "vi_do": Key("Vĩ độ", "Độ, phần lẻ sau dấu chấm: 21.03."),
        "kinh_do": Key("Kinh độ", "Độ, phần lẻ sau dấu chấm: 105.80."),
    },
    Meaning: {
        "noi": Key("Cách nói", "Các từ người dân dùng, viết có dấu."),
        "nghia_la": Key("Nghĩa là", "Từ chính thức tương ứng."),
    },
    Contact: {
        "tong_dai": Key("Tổng đài", "Các số tổng đài."),
        "cong_dich_vu_cong": Key("Cổng Dịch vụ công", "Địa chỉ cổng, bắt đầu bằng https://."),
        "nguon": Key("Nguồn", "Các số này lấy ở đâu."),
    },
}

VALUES: dict[str, str] = {
    "trung_uong": "cấp trung ương",
    "tinh": "cấp thành phố",
    "huyen": "cấp huyện (đến hết 30/6/2025)",
    "xa": "cấp xã, phường",
    "khac": "cơ quan khác",
    "truc_tiep": "nộp trực tiếp",
    "truc_tuyen": "nộp trực tuyến",
    "buu_chinh": "gửi qua bưu chính",
    "ngay_lam_viec": "ngày làm việc",
    "ngay": "ngày",
    "gio": "giờ",
    "thang": "tháng",
    "quoc_gia": "mức chung cả nước",
    "ha_noi": "mức riêng của Hà Nội",
    "toan_trinh": "trực tuyến toàn trình",
    "mot_phan": "trực tuyến một phần",
    "thong_tin": "chỉ có thông tin trên mạng",
    "hieu_luc": "đang có hiệu lực",
    "sua_doi": "được sửa đổi",
    "thay_the": "bị thay thế",
    "bai_bo": "bị bãi bỏ",
}


def key_of(owner: type[Any], fact: dataclasses.Field[Any]) -> Key:
    """Return what the key of `fact`, a field of the dataclass `owner` of the model, means."""
    return KEYS[owner][fact.metadata["yaml"]]
