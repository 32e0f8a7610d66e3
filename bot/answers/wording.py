"""Every sentence the assistant itself says, in Vietnamese, in one place. Facts come from entries, never from here."""

from __future__ import annotations

ASPECT_TITLE = {
    "overview": "Thủ tục này là gì",
    "documents": "Giấy tờ cần chuẩn bị",
    "fee": "Phí, lệ phí",
    "time": "Thời hạn giải quyết",
    "place": "Nơi nộp hồ sơ",
    "steps": "Các bước thực hiện",
    "how": "Cách nộp hồ sơ",
    "online": "Nộp trực tuyến",
    "form": "Mẫu đơn, tờ khai",
    "conditions": "Điều kiện",
    "result": "Kết quả nhận được",
    "agency": "Cơ quan giải quyết",
    "legal_basis": "Căn cứ pháp lý",
    "subjects": "Ai thực hiện thủ tục này",
}
ASPECT_BUTTON = {
    "documents": "Cần giấy tờ gì?",
    "fee": "Lệ phí bao nhiêu?",
    "time": "Mất bao lâu?",
    "place": "Nộp ở đâu?",
    "steps": "Các bước làm thế nào?",
    "online": "Làm trực tuyến được không?",
    "conditions": "Điều kiện là gì?",
}
UNKNOWN_ASPECT = {
    "documents": "Dữ liệu hiện chưa có danh sách giấy tờ của thủ tục này.",
    "fee": "Dữ liệu hiện chưa ghi mức phí, lệ phí của thủ tục này.",
    "time": "Dữ liệu hiện chưa ghi thời hạn giải quyết của thủ tục này.",
    "place": "Dữ liệu hiện chưa ghi nơi nộp hồ sơ của thủ tục này.",
    "steps": "Dữ liệu hiện chưa ghi các bước thực hiện thủ tục này.",
    "how": "Dữ liệu hiện chưa ghi cách nộp hồ sơ của thủ tục này.",
    "online": "Dữ liệu hiện chưa ghi thủ tục này có nộp trực tuyến được hay không.",
    "form": "Dữ liệu hiện chưa ghi mẫu đơn, tờ khai của thủ tục này.",
    "conditions": "Dữ liệu hiện chưa ghi điều kiện thực hiện thủ tục này.",
    "result": "Dữ liệu hiện chưa ghi kết quả của thủ tục này.",
    "agency": "Dữ liệu hiện chưa ghi cơ quan giải quyết thủ tục này.",
    "legal_basis": "Dữ liệu hiện chưa ghi căn cứ pháp lý của thủ tục này.",
    "subjects": "Dữ liệu hiện chưa ghi ai được thực hiện thủ tục này.",
}
ASK_THE_HOTLINE = "Bạn hỏi thêm tổng đài {hotlines} để chắc chắn."
LEVEL = {"trung_uong": "cấp trung ương", "tinh": "cấp thành phố", "huyen": "cấp huyện", "xa": "cấp xã, phường", "khac": "cơ quan khác"}
FILING = {"truc_tiep": "nộp trực tiếp", "truc_tuyen": "nộp trực tuyến", "buu_chinh": "gửi qua bưu chính"}
TIME_UNIT = {"ngay_lam_viec": "ngày làm việc", "ngay": "ngày", "gio": "giờ", "thang": "tháng"}
ONLINE_KIND = {
    "toan_trinh": "Dịch vụ công trực tuyến toàn trình: làm trọn qua mạng.",
    "mot_phan": "Dịch vụ công trực tuyến một phần: có bước vẫn phải làm trực tiếp.",
    "thong_tin": "Trên mạng chỉ có thông tin, chưa nộp hồ sơ trực tuyến được.",
}
ONLINE_YES = "Có nộp trực tuyến được."
ONLINE_NO = "Dữ liệu không ghi cách nộp trực tuyến cho thủ tục này."
ONLINE_KIND_UNKNOWN = "Dữ liệu chưa ghi là toàn trình hay một phần."
ONLINE_LEVEL_2020 = "Theo thang năm 2020: mức độ {level}."
ONLINE_SINCE = "Áp dụng từ {date}."
FILE_ONLINE = "Mở trang thủ tục để nộp trực tuyến"
SOURCE_PAGE = "Xem trên Cổng Dịch vụ công Quốc gia"
FORM_PAGE = "Tải {name}"

HAND_IN = "Phải nộp"
SHOW = "Chỉ mang theo để xuất trình"
IN_CASE = "Nếu: {when}"
PAPER_NOTES = "Lưu ý về giấy tờ"
ORIGINALS = "{n} bản chính"
COPIES = "{n} bản sao"
FORM_CODE = "mẫu {code}"
FREE = "Miễn phí"
AMOUNT = "{amount} {unit}"
DONG = "đồng"
NATIONAL_FEE = "Đây là mức ghi trong dữ liệu quốc gia; dữ liệu chưa có mức riêng của Hà Nội."
NO_CONDITIONS = "Không có yêu cầu, điều kiện riêng."
AGENCY_LEVELS = "Thực hiện ở {levels}."
WHEN_RIGHT = "Dùng khi: {when}"
ROW_FIELD = "Thủ tục thuộc lĩnh vực {field}. Mình mới có các thông tin chính dưới đây."
ROW_LACKS = "Dữ liệu chưa có: {lacking}."
OF_ANOTHER_PROVINCE = "Bản ghi này là của {province}; chưa có bản của Hà Nội, nên phí, thời hạn và nơi nộp chưa rõ."
OVERVIEW_PAPERS = "Giấy tờ ai cũng phải nộp"
OVERVIEW_MORE_PAPERS = "Còn giấy tờ xuất trình hoặc tùy trường hợp: bạn hỏi tiếp «cần giấy tờ gì»."

SOURCE = "Nguồn: thủ tục mã {code}{decision}, kiểm tra lần cuối {checked}."
SOURCE_DECISION = ", công bố theo Quyết định {decision}"
CHECKED_YEAR = "năm {year}"
CHECKED_MONTH = "tháng {month}/{year}"
CHECKED_DAY = "ngày {day}/{month}/{year}"
ABOLISHED = "Thủ tục này đã bị bãi bỏ."
COMING = "Thủ tục này chưa có hiệu lực: áp dụng từ ngày {date}."
ENDED_SINCE = "Hết hiệu lực sau ngày {date}. {ended}"
TO_BE_REPLACED = "Từ ngày {date} thủ tục này sẽ được thay bằng: {name}."
TO_END = "Từ ngày {date} thủ tục này sẽ bị bãi bỏ."
TO_CHANGE = "Từ ngày {date} sẽ thay đổi: {text}"
WHICH_WARD = "Bạn ở phường, xã nào? Nhắn tên (cũ hay mới đều được) để mình chỉ điểm tiếp nhận ở đó."
WHICH_OF_WARDS = "Có nhiều nơi cùng tên. Bạn ở đâu?"
WARD_BECAME = "{old} cũ nay thuộc {new}."
WARD_DIVIDED = "{old} cũ đã được chia về nhiều phường, xã. Nay bạn thuộc nơi nào?"
DISTRICT_IS_NO_MORE = "Từ ngày 01/07/2025 không còn cấp quận, huyện. Ở {name} cũ, nay bạn thuộc phường, xã nào?"
POINTS_IN_WARD = "Điểm tiếp nhận hồ sơ ở {ward}"
WARD_WITHOUT_POINT = "Dữ liệu chưa ghi địa chỉ điểm tiếp nhận nào ở {ward}. Bạn hỏi tổng đài {hotlines}."
NO_ADDRESS = "Chưa có địa chỉ"
ELSEWHERE = "Bạn nhắc tới {place}: mình chỉ có dữ liệu chung cả nước và của Hà Nội. Nơi khác, phí và nơi nộp có thể khác."
REPLACED = "Thủ tục này đã được thay thế bằng: {name}."

WHICH_ONE = "Câu hỏi của bạn có thể thuộc một trong các thủ tục sau. Trường hợp của bạn là:"
ALSO_ASKED = "Câu của bạn còn nhắc tới việc khác. Bạn chọn để xem:"
WHICH_PROCEDURE = "Bạn hỏi về thủ tục nào ạ? Bạn nêu tên hoặc kể việc cần làm, ví dụ «đăng ký kết hôn»."
CHOICE_NOT_THERE = "Mình chưa rõ bạn chọn mục nào. Bạn nêu giúp tên thủ tục, hoặc kể việc bạn đang cần làm."
NOT_KNOWN = "Mình chưa tìm thấy thủ tục đúng với câu hỏi này trong dữ liệu."
NEAREST = "Gần nhất có thể là:"
ASK_A_PERSON = "Bạn gọi tổng đài {hotlines} hoặc tra trên Cổng Dịch vụ công Quốc gia."
ASK_A_PERSON_INSTEAD = "Nếu không phải, bạn gọi tổng đài {hotlines} hoặc tra trên Cổng Dịch vụ công Quốc gia."
PORTAL = "Cổng Dịch vụ công Quốc gia"

SURVEY_ALL = "thủ tục"
SURVEY_ONLINE = "nhận nộp trực tuyến"
SURVEY_KIND = {"toan_trinh": "trực tuyến toàn trình", "mot_phan": "trực tuyến một phần", "thong_tin": "chỉ có thông tin trên mạng"}
SURVEY_LEVEL_2020 = "trực tuyến mức độ {level} (thang năm 2020)"
SURVEY_FIELD = "lĩnh vực {field}"
SURVEY_COUNT = "Dữ liệu đang có {count} {what}."
SURVEY_NONE = "Dữ liệu hiện không ghi {what} nào."
SURVEY_LEVEL_UNKNOWN = "Dữ liệu hiện nay không còn ghi mức độ 1 đến 4; bạn có thể hỏi «thủ tục nào nộp trực tuyến được»."
SURVEY_KIND_RARE = (
    "Chỉ tính thủ tục mà dữ liệu ghi rõ; nhiều thủ tục nộp trực tuyến được nhưng dữ liệu chưa ghi là toàn trình hay một phần."
)
SURVEY_BY = "Trong đó:"
SURVEY_PAGE = "Từ {first} đến {last} trong {count}. Bạn chọn để xem:"
SURVEY_MORE = "Trang {page}: {what}"  # short: a button on Telegram shows 64 characters, and says them when it is tapped
SURVEY_SOURCE = "Nguồn: đếm từ dữ liệu đang phục vụ của trợ lý."
ON_TIME_MONTH = "{month}/{year}"
ON_TIME_ONE_MONTH = "Tháng {month}"
ON_TIME_MONTHS = "Từ tháng {first} đến tháng {last}"
ON_TIME_CITY = "toàn thành phố"
ON_TIME_COUNTS = "{what}: tiếp nhận {received} hồ sơ, giải quyết xong {finished} hồ sơ."
ON_TIME_SHARE = "Trong {judged} hồ sơ xong có hẹn ngày trả, {on_time} hồ sơ đúng hạn ({share}%)."
ON_TIME_NONE = "{what}: mình chưa có số liệu hồ sơ. Bạn hỏi tổng đài {hotlines}."
ON_TIME_UNREACHABLE = "Hiện mình chưa lấy được số liệu hồ sơ. Bạn thử lại sau, hoặc hỏi tổng đài {hotlines}."
ON_TIME_WHICH_WARD = "Bạn muốn xem số liệu của phường, xã nào?"
ON_TIME_OF = "Tỷ lệ đúng hạn của {unit}"
ON_TIME_SOURCE = "Nguồn: số liệu hồ sơ mà trợ lý đang giữ, cập nhật khi hồ sơ thay đổi."
SAMPLE_DATA = "DỮ LIỆU MẪU: số liệu này là giả định để dùng thử, không phải của cơ quan nào."
FIGURE_SOURCE = "Nguồn: {source}; số liệu tính đến {date}."

OUT_OF_SCOPE = "Việc này nằm ngoài phạm vi của mình. Mình chỉ giúp về thủ tục hành chính của Hà Nội: giấy tờ, lệ phí, thời hạn, nơi nộp, nộp trực tuyến."
GREETING = (
    "Chào bạn! Mình là trợ lý tự động về thủ tục hành chính của Hà Nội. Bạn hỏi bằng lời thường ngày, có dấu hay không dấu đều được, "
    "ví dụ: «vợ mình mới sinh thì làm giấy khai sinh thế nào»."
)
THANKS = "Không có gì ạ. Bạn cần hỏi thủ tục nào nữa cứ nhắn mình nhé."
GOODBYE = "Chào bạn, chúc bạn làm giấy tờ thuận lợi!"
HELP = "Mình trả lời về từng thủ tục hành chính của Hà Nội. Bạn có thể hỏi:"
HELP_EXAMPLES = (
    "Cần giấy tờ gì: «đăng ký kết hôn cần mang gì»",
    "Lệ phí, thời hạn: «làm căn cước mất bao lâu, bao nhiêu tiền»",
    "Nộp ở đâu, nộp trực tuyến được không: «đăng ký tạm trú nộp ở đâu»",
    "Hỏi nhiều ý một lúc, rồi hỏi tiếp «thế lệ phí bao nhiêu?»",
)
INSULT = "Mình xin lỗi nếu chưa giúp được bạn. Bạn cho mình biết thủ tục cần làm, hoặc gọi tổng đài {hotlines} để gặp người hỗ trợ."
BOT = (
    "Mình là trợ lý tự động, không phải người. Câu trả lời lấy từ dữ liệu thủ tục hành chính đã công bố và ghi rõ nguồn. "
    "Bạn đừng gửi số căn cước, số điện thoại hay thông tin riêng vào đây; muốn gặp người, gọi tổng đài {hotlines}."
)
AFFIRM = "Vâng. Bạn muốn hỏi thủ tục nào, hoặc điều gì về thủ tục vừa rồi?"
DENY = "Xin lỗi, mình hiểu chưa đúng. Bạn nói rõ hơn việc cần làm giúp mình, ví dụ «cấp lại giấy khai sinh bị mất»."
PRIVACY = "Mình đã bỏ số riêng (điện thoại, căn cước) khỏi tin nhắn. Bạn đừng gửi các số này vào đây."
UNLAWFUL = (
    "Mình không hướng dẫn việc làm giả giấy tờ hay việc trái pháp luật. Bạn cần làm thủ tục đúng quy định thì cứ hỏi, mình chỉ từng bước."
)
DISTRESS = (
    "Mình chỉ là trợ lý tự động về giấy tờ nên không giúp kịp được. Nếu bạn hoặc ai đó đang gặp nguy hiểm, hãy gọi ngay công an, "
    "cứu hỏa hoặc cấp cứu, hoặc nhờ người ở gần. Nếu bạn đang rất buồn, hãy nói với một người thân hay bác sĩ ngay lúc này nhé."
)
HANDOFF = "Bạn gọi tổng đài {hotlines} để gặp người hỗ trợ."
COMPLAINT = "Mình không tiếp nhận được phản ánh, khiếu nại. Bạn gọi tổng đài {hotlines} để được hướng dẫn gửi đúng nơi."
RESTART = "Mình đã bắt đầu lại từ đầu. Bạn cần làm thủ tục gì?"
NONSENSE = "Mình chưa hiểu tin nhắn này. Bạn viết giúp việc cần làm, ví dụ «đăng ký tạm trú» hoặc «doi bang lai xe»."
EMPTY = "Tin nhắn đang trống. Bạn viết câu hỏi về thủ tục cần làm nhé."
TOO_LONG = "Tin nhắn dài quá nên mình chưa đọc được. Bạn viết ngắn lại, mỗi lần một việc nhé."
ERROR = "Xin lỗi, hệ thống đang trục trặc nên mình chưa trả lời được. Bạn thử lại sau ít phút, hoặc gọi tổng đài {hotlines}."
BUSY = "Đang có rất đông người hỏi nên mình chưa kịp trả lời. Bạn đợi một phút rồi gửi lại nhé. Việc gấp, bạn gọi tổng đài {hotlines}."
PAUSED = "Trợ lý đang tạm ngừng trả lời. Mong bạn quay lại sau."
PAUSED_URGENT = "Việc gấp, bạn gọi tổng đài {hotlines}."
ONLY_TEXT = "Mình chỉ đọc được tin nhắn chữ. Bạn viết câu hỏi giúp mình nhé."

# What staff read in a preview
PREVIEW_TITLE = "{name} ({code})"
PREVIEW_TELEGRAM = "Telegram: {count} tin nhắn, dài {sizes} ký tự."
LINK_UNIT = "Từ nay mình chỉ nơi nộp theo {ward}. Muốn đổi, bạn nhắn /donvi kèm tên phường, xã."
WARD_NOTED = "Mình ghi nhận bạn ở {ward}."
WARD_NOT_FOUND = "Mình chưa tìm thấy phường, xã nào của Hà Nội tên như vậy. Bạn nhắn lại tên (cũ hay mới đều được)."
NEAREST_POINTS = "Điểm tiếp nhận gần bạn nhất (tính theo đường chim bay)"
DISTANCE_KM = "cách {km} km"
DISTANCE_M = "cách {m} m"
DISTANCE_ROUGH = "cách khoảng {km} km"
ROUGH_DISTANCES = "Khoảng cách ước chừng, tính đến giữa phường, xã nơi có điểm tiếp nhận. Bạn xem địa chỉ trước khi đi nhé."
ADDRESS_IN_OFFICE = "{point} ({office})"
NO_COORDINATES = "Dữ liệu chưa có tọa độ của các điểm tiếp nhận, nên mình chưa tìm được nơi gần vị trí của bạn."
BEYOND_THE_CITY = "Vị trí này cách điểm tiếp nhận gần nhất của Hà Nội hơn {km} km. Mình chỉ có dữ liệu của Hà Nội."
# Dossiers
DOSSIER_WHICH = "Bạn nhắn giúp mã hồ sơ (ghi trên giấy hẹn hoặc trong tin báo đã nộp), ví dụ 000.00.19.H26-250701-0042."
DOSSIER_NO_CODE = "Nếu không còn mã, bạn tra trên Cổng Dịch vụ công Quốc gia hoặc gọi tổng đài {hotlines}."
DOSSIER_PROVE = (
    "Để chỉ chủ hồ sơ xem được, bạn nhắn 4 số cuối của số điện thoại hoặc số định danh (căn cước) đã khai khi nộp hồ sơ {code}. "
    "Mình chỉ dùng 4 số này để đối chiếu, không lưu lại."
)
DOSSIER_STILL = "Muốn xem hồ sơ {code}, bạn nhắn tiếp 4 số cuối; không xem nữa thì nhắn «thôi»."
DOSSIER_REFUSED = {
    "wrong": "Mã hồ sơ {code} và 4 số bạn nhắn chưa khớp. Bạn xem lại mã, hoặc nhắn lại 4 số cuối đã khai khi nộp. Cần giúp, gọi tổng đài {hotlines}.",
    "locked": "Đã có quá nhiều lần thử chưa đúng, nên mình tạm ngừng tra để giữ an toàn cho hồ sơ. Bạn thử lại sau 15 phút, hoặc gọi tổng đài {hotlines}.",
    "unreachable": "Mình chưa hỏi được hệ thống một cửa nên chưa biết hồ sơ đang ở đâu. Bạn thử lại sau ít phút, hoặc gọi tổng đài {hotlines}.",
    "unread": "Mình chưa rõ 4 số nào. Bạn nhắn riêng 4 số cuối của số điện thoại hoặc số định danh đã khai khi nộp hồ sơ {code}.",
}
DOSSIER_CANCELLED = "Vâng, mình dừng tra hồ sơ. Bạn cần hỏi thủ tục nào cứ nhắn nhé."
DOSSIER_SAMPLE = "DỮ LIỆU MẪU: hồ sơ bịa để thử, không phải hồ sơ thật."
DOSSIER_STATUS = "Trạng thái: {status}"
DOSSIER_STATUS_MEANS = "Trạng thái «{status}» nghĩa là"
DOSSIER_STATUS_UNKNOWN = "Mình chưa có lời giải thích cho trạng thái này; bạn hỏi nơi đã nộp hồ sơ."
DOSSIER_TO_DO = "Việc bạn cần làm"
DOSSIER_SUPPLEMENT = "Bổ sung: {what}"
DOSSIER_SUPPLEMENT_BY = " trước ngày {date}"
DOSSIER_SUPPLEMENT_WHERE = ", nộp tại {where}"
DOSSIER_FEE = "Nộp {amount} đồng theo thông báo của cơ quan"
DOSSIER_FACTS = "Thông tin hồ sơ"
DOSSIER_CODE = "Mã hồ sơ: {code}"
DOSSIER_APPLICANT = "Người nộp: {name}"
DOSSIER_UNIT = "Nơi tiếp nhận: {unit}"
DOSSIER_RECEIVED = "Ngày tiếp nhận: {date}"
DOSSIER_DUE = "Hẹn trả: {date}{left}"
DOSSIER_FINISHED = "Xong ngày: {date}{late}"
DOSSIER_STEP = "Đang ở bước: {name}{unit}{due}"
DOSSIER_STEP_UNIT = " ({unit})"
DOSSIER_STEP_DUE = ", hạn {date}"
DOSSIER_LEFT = " (còn {days} ngày làm việc)"
DOSSIER_TODAY = " (hạn là hôm nay)"
DOSSIER_LATE = " (trễ {days} ngày làm việc)"
DOSSIER_APOLOGY = "Cơ quan xin lỗi vì trễ hẹn: {reason}"
DOSSIER_NEW_DUE = "Hẹn lại: {date}"
DOSSIER_HISTORY = "Diễn biến gần đây"
DOSSIER_EVENT = "{date}: {what}"
DOSSIER_SOURCE = "Nguồn: hệ thống thông tin một cửa, lúc {time} ngày {date}."
DOSSIER_TELL_ME = "Báo cho tôi khi hồ sơ này thay đổi"
DOSSIER_ITS_PAPERS = "Thủ tục này cần giấy tờ gì?"
DOSSIER_SLIP = {
    "date": "Mã «{typed}» có phần ngày «{part}» không phải ngày có thật.",
    "date_length": "Mã «{typed}» có phần ngày «{part}» không đủ sáu chữ số.",
    "number_length": "Mã «{typed}» có nhóm số cuối «{part}» thiếu hoặc thừa chữ số.",
    "letter_for_digit": "Mã «{typed}» có chữ cái lẫn vào chỗ của chữ số, ở phần «{part}».",
    "head": "Mã «{typed}» có phần đầu «{part}» thiếu chữ số.",
}
DOSSIER_SLIP_LIKELY = "Có phải là {likely}? Bạn xem lại trên giấy hẹn rồi nhắn lại cả mã."
DOSSIER_SLIP_AGAIN = (
    "Bạn xem lại trên giấy hẹn rồi nhắn lại cả mã. Sau phần đầu là ngày nộp (năm, tháng, ngày, mỗi phần hai chữ số) rồi tới số thứ tự."
)
NOTICE_ON = "Mình sẽ báo ở đây khi hồ sơ {code} đổi trạng thái. Muốn thôi, bạn nhắn «dừng báo hồ sơ»."
NOTICE_FIRST_PROVE = "Bạn tra hồ sơ trước (nhắn mã hồ sơ và 4 số cuối), rồi nhắn «báo cho tôi khi hồ sơ này thay đổi»."
NOTICE_LIST = "Mình đang theo dõi giúp bạn:"
NOTICE_NONE = "Bạn chưa nhờ mình theo dõi hồ sơ nào."
NOTICE_OFF = "Mình đã thôi báo về hồ sơ của bạn."
NOTICE_FAILED = "Mình chưa ghi được lời nhờ này. Bạn thử lại sau ít phút nhé."
NOTICE_CHANGED = "Một hồ sơ bạn nhờ theo dõi (số cuối {tail}) vừa có thay đổi. Bạn nhắn mã hồ sơ để xem."

# A citizen's own data. docs/quyen-rieng-tu.md says the same; a test holds the two, and the periods of the code, together.
PRIVACY = "Mình giữ gì của bạn, để làm gì, trong bao lâu"
PRIVACY_ITEMS = (
    "Mình không hỏi bạn là ai. Số điện thoại, số định danh (căn cước), hộ chiếu, số tài khoản, thư điện tử bạn lỡ gửi được bỏ đi trước khi xử lý; "
    "mình không lưu và không ghi nhật ký các số này.",
    "Câu hỏi được giữ 90 ngày để cán bộ biết chỗ nào cần trả lời tốt hơn, không kèm người hỏi: không tên, không mã phiên, không mã cuộc trò chuyện, "
    "giờ hỏi làm tròn. Hết 90 ngày tự xóa.",
    "Diễn biến trò chuyện để hiểu câu hỏi tiếp theo được quên sau khoảng nửa giờ bạn không nhắn.",
    "Trên trang web, cuộc trò chuyện được giữ 24 giờ để bạn mở lại vẫn còn, rồi tự xóa.",
    "Trên Telegram, cuộc trò chuyện chỉ được ghi bằng mã đã băm; tin nhắn được mã hóa và chỉ giữ tới khi trả lời xong. Nút bấm dùng được 7 ngày; "
    "phường, xã theo đường dẫn bạn mở được nhớ 30 ngày.",
    "Khi tra hồ sơ, 4 số cuối chỉ dùng để đối chiếu, không lưu. Hồ sơ bạn nhờ theo dõi được nhớ tới khi xong, hoặc 180 ngày không có thay đổi, "
    "hoặc bạn nhắn «dừng báo hồ sơ».",
    "Nhắn «xóa dữ liệu của tôi» để xóa ngay mọi thứ còn gắn với cuộc trò chuyện này (trên Telegram có thể dùng /xoadulieu). "
    "Tin nhắn trong ứng dụng Telegram do bạn tự xóa.",
)
DATA_DELETE_ASK = (
    "Mình sẽ xóa mọi dữ liệu về cuộc trò chuyện này, cả hồ sơ bạn nhờ theo dõi. Xóa rồi không lấy lại được. Bạn có chắc muốn xóa không?"
)
DATA_DELETE_YES = "Có, xóa hết"
DATA_DELETE_NO = "Không xóa nữa"
DATA_KEPT = "Vâng, mình không xóa gì. Bạn cần hỏi thủ tục nào cứ nhắn nhé."
DATA_DELETED = "Mình đã xóa mọi dữ liệu về cuộc trò chuyện này. Tin nhắn còn hiện trên máy của bạn, bạn tự xóa nếu muốn."
DATA_NOT_DELETED = "Xin lỗi, hệ thống đang trục trặc nên dữ liệu chưa được xóa hết. Bạn nhắn lại «xóa dữ liệu của tôi» sau ít phút."

# Telegram
TELEGRAM_CHOOSE = "Bạn chọn một mục:"
TELEGRAM_CHOSEN = "✓ {label}"
TELEGRAM_BACK = "‹ Quay lại"
TELEGRAM_MORE = "Xem thêm {count} mục ›"
TELEGRAM_CHECKLIST = "Tải danh sách giấy tờ"
TELEGRAM_CHECKLIST_FILE = "giay-to-{code}.txt"
TELEGRAM_CHECKLIST_SENT = "Danh sách giấy tờ của bạn. Bạn lưu lại hoặc in ra để đánh dấu."
TELEGRAM_DELETE = "Xóa tin nhắn vừa gửi"
TELEGRAM_NOT_DELETED = (
    "Mình không xóa được tin nhắn đó nữa (Telegram chỉ cho xóa trong 48 giờ). Bạn nhấn giữ tin nhắn rồi chọn Xóa giúp mình nhé."
)
TELEGRAM_BUTTON_OLD = "Nút này đã cũ nên không dùng được nữa. Bạn nhắn lại câu hỏi giúp mình nhé."
TELEGRAM_COMMANDS = {
    "start": "Bắt đầu",
    "trogiup": "Mình giúp được gì",
    "thutuc": "Tìm thủ tục",
    "hoso": "Tra cứu hồ sơ của bạn",
    "donvi": "Chọn phường, xã của bạn",
    "thongbao": "Thông báo khi hồ sơ thay đổi",
    "quyenriengtu": "Dữ liệu của bạn được giữ thế nào",
    "xoadulieu": "Xóa mọi dữ liệu về cuộc trò chuyện này",
}
TELEGRAM_COMMAND_SAYS = {  # what a command says in the citizen's name; what is written after it takes the place of {rest}
    "start": ("xin chào", "xin chào"),
    "trogiup": ("bạn làm được gì", "bạn làm được gì"),
    "help": ("bạn làm được gì", "bạn làm được gì"),
    "thutuc": ("liệt kê các thủ tục", "{rest}"),
    "hoso": ("tra cứu hồ sơ", "tra cứu hồ sơ {rest}"),
    "donvi": ("nộp ở đâu", "tôi ở {rest}"),
    "thongbao": ("thông báo hồ sơ của tôi", "thông báo hồ sơ của tôi {rest}"),
}
TELEGRAM_ASKS_WARD = "nộp ở đâu"  # said in the citizen's name when a location cannot be used
TELEGRAM_DESCRIPTION = (
    "Trợ lý tự động về thủ tục hành chính của Hà Nội: cần giấy tờ gì, lệ phí, thời hạn, nộp ở đâu, nộp trực tuyến. "
    "Bạn hỏi bằng lời thường ngày, có dấu hay không dấu đều được. Đừng gửi số căn cước, số điện thoại vào đây."
)
TELEGRAM_ABOUT = "Trợ lý tự động về thủ tục hành chính của Hà Nội. Hỏi giấy tờ, lệ phí, thời hạn, nơi nộp."
TELEGRAM_FAILED = "Xin lỗi, hệ thống đang trục trặc nên mình chưa trả lời được. Bạn thử lại sau ít phút."
TELEGRAM_OUTAGE = (
    "Xin lỗi, hệ thống đang trục trặc. Nếu hoạt động lại trong 10 phút, mình sẽ trả lời ngay câu vừa rồi, bạn không cần nhắn lại. "
    "Việc gấp, bạn gọi tổng đài {hotlines}."
)
TELEGRAM_LATE = "Xin lỗi, hệ thống vừa gián đoạn nên mình chưa trả lời tin nhắn trước của bạn. Bạn gửi lại câu hỏi giúp mình nhé."
TELEGRAM_KINDS = {  # messages that hold no text, by the Bot API's name of what they hold
    "photo": "Mình không xem được ảnh. Bạn đừng gửi ảnh giấy tờ tùy thân vào đây; viết câu hỏi bằng chữ giúp mình nhé.",
    "document": "Mình không đọc được tệp. Bạn đừng gửi giấy tờ riêng vào đây; viết câu hỏi bằng chữ giúp mình nhé.",
    "voice": "Mình chưa nghe được tin nhắn thoại. Bạn viết câu hỏi bằng chữ giúp mình nhé.",
    "audio": "Mình chưa nghe được tin nhắn thoại. Bạn viết câu hỏi bằng chữ giúp mình nhé.",
    "video": "Mình không xem được video. Bạn viết câu hỏi bằng chữ giúp mình nhé.",
    "video_note": "Mình không xem được video. Bạn viết câu hỏi bằng chữ giúp mình nhé.",
    "contact": "Bạn đừng gửi danh bạ hay số điện thoại vào đây. Bạn viết câu hỏi bằng chữ giúp mình nhé.",
    "sticker": "Mình chỉ đọc được chữ. Bạn cần hỏi thủ tục nào cứ viết cho mình nhé.",
}
TELEGRAM_LINK_UNKNOWN = "Đường dẫn này đã cũ hoặc không đúng. Bạn cứ viết việc cần làm, ví dụ «đăng ký khai sinh»."
TELEGRAM_INLINE_ASK = "Hỏi trợ lý"
TELEGRAM_INLINE_TEXT = "Thủ tục «{name}» (mã {code}). Bấm nút dưới để xem giấy tờ, lệ phí, thời hạn, nơi nộp."
TELEGRAM_INLINE_OPEN = "Xem thủ tục này"

# The web's pages without the widget.
WEB_PLAIN_TITLE = "Hỏi đáp thủ tục hành chính Hà Nội"
WEB_PLAIN_NOTICE = "Đây là trợ lý tự động. Bạn đừng gửi số căn cước, số điện thoại hay thông tin riêng. Trang này không cần JavaScript."
WEB_ANSWER = "Câu trả lời"
WEB_YOUR_QUESTION = "Câu hỏi của bạn"
WEB_SEND = "Gửi"
WEB_TOO_LONG = "Tin nhắn dài quá nên mình chưa đọc được. Bạn viết ngắn lại, mỗi lần một việc nhé."
WEB_TOO_MANY = "Bạn hỏi nhanh quá. Đợi khoảng một phút rồi hỏi tiếp nhé."
WEB_NOT_READ = "Mình chưa đọc được câu hỏi. Bạn mở lại trang này rồi hỏi lại nhé."
WEB_SAMPLE_TITLE = "Trang mẫu của một phường"
WEB_SAMPLE_TEXT = "Trang này cho quản trị viên xem thử: nút trò chuyện ở góc màn hình là trợ lý, nhúng bằng một dòng mã."
WEB_EMBED_TITLE = "Nhúng trợ lý vào trang của phường, xã"
WEB_EMBED_INTRO = "Dán một dòng mã vào cuối trang, người dân sẽ thấy nút trò chuyện. Không cookie, không tải gì từ nơi thứ ba."
WEB_EMBED_UNIT = "Phường, xã của trang (ví dụ phuong-cau-giay)"
WEB_EMBED_MAKE = "Tạo dòng mã"
WEB_NO_SUCH_UNIT = "Không có phường, xã nào của Hà Nội mang tên này. Bạn viết không dấu, nối bằng gạch ngang: phuong-cau-giay."
WEB_EMBED_LINE = "Dòng mã"
WEB_EMBED_LINE_TEXT = "Dán trước thẻ đóng </body>. Trợ lý luôn là bản mới nhất."
WEB_EMBED_PINNED = "Dòng mã có kiểm tra toàn vẹn"
WEB_EMBED_PINNED_TEXT = "Trình duyệt chỉ chạy đúng bản này; khi trợ lý có bản mới, bạn lấy lại dòng mã ở trang này."
WEB_EMBED_POLICY = "Chính sách bảo mật nội dung (CSP)"
WEB_EMBED_POLICY_TEXT = "Nếu trang của bạn có Content-Security-Policy, thêm địa chỉ này vào hai mục:"
WEB_EMBED_MORE = "Tùy chọn"
WEB_EMBED_ATTRIBUTES = {
    "data-unit": "phường, xã của trang; người dân nói nơi khác thì theo người dân",
    "data-language": "vi hoặc en: ngôn ngữ của nút bấm",
    "data-position": "left hoặc right: góc đặt nút",
    "data-colour": "màu chính, ví dụ #8f1d1d",
    "data-greeting": "câu chào của trang",
    "data-open": "có thì mở sẵn khung trò chuyện",
}
WEB_EMBED_ALLOWED = "Trang của bạn phải có trong danh sách được phép của đơn vị vận hành trợ lý; chưa có thì liên hệ đơn vị ấy."

# The report of what was asked, for staff.
REPORT_TITLE = "Người dân đã hỏi gì, từ {first} đến {last}"
REPORT_PRIVACY = "Câu hỏi được giữ không kèm người hỏi, số riêng đã che. Chỉ dùng trong cơ quan."
REPORT_TOTAL = "Câu hỏi"
REPORT_REFUSED = "Chưa trả lời được hoặc ngoài phạm vi"
REPORT_ASKED_BACK = "Phải hỏi lại"
REPORT_LEFT = "Hỏi lại rồi người dân bỏ đi"
REPORT_FAILED = "Trục trặc"
REPORT_UP = "Hài lòng"
REPORT_DOWN = "Không hài lòng"
REPORT_TIME = "{percent}% câu được trả lời trong"
REPORT_DAYS = "Số câu hỏi mỗi ngày"
REPORT_HIGHEST = "Ngày nhiều nhất: {count} câu."
REPORT_PROCEDURES = "Thủ tục được hỏi nhiều nhất"
REPORT_ASKED = "Hỏi về điều gì"
REPORT_CHANNEL = "Hỏi ở đâu"
REPORT_GAPS = "Chỗ còn thiếu"
REPORT_GAPS_INTRO = (
    "Những câu chưa có câu trả lời tốt, câu giống nhau gộp lại. Nếu đúng là hỏi mục ghi bên dưới, dán dòng có sẵn "
    "vào tệp của mục ấy rồi chạy «tthc check»."
)
REPORT_REASONS = {"unanswered": "chưa trả lời được", "left": "hỏi lại rồi bỏ đi", "disliked": "không hài lòng"}
REPORT_ENTRY = "Gần nhất: {code}, {name}. Dán vào tệp của mục này:"
REPORT_ROW = "Gần nhất: {code}, {name} (mới có trong danh mục; viết tệp riêng cho mục này rồi dán vào):"
REPORT_NO_ENTRY = "Không gần mục nào: có thể cần viết mục mới, với dòng:"
REPORT_NO_GAPS = "Không có chỗ nào thiếu trong những ngày này."
REPORT_WRITTEN = "Đã ghi {file}: {count} câu hỏi, {gaps} chỗ còn thiếu. Mở bằng trình duyệt."
REPORT_CHANNELS = {"web": "Trang web", "telegram": "Telegram", "other": "Nơi khác"}
