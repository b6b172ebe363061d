"""What the demo's audience talks about: short conversations, each line with who says it.

A line that begins with "↳ " answers the one before it.
"""

from __future__ import annotations

from typing import Final

# User names and names as they are shown.
CAST: Final = {
    "minh_anh": "Minh Anh",
    "hoang_long": "Hoàng Long",
    "thu_trang": "Thu Trang",
    "quoc_bao": "Quốc Bảo",
    "bao_ngoc": "Bảo Ngọc",
    "emily_w": "Emily",
}

Conversation = tuple[tuple[str, str], ...]

CONVERSATIONS: Final[tuple[Conversation, ...]] = (
    (
        ("minh_anh", "Chào cả nhà, mình vừa vào 👋"),
        ("hoang_long", "↳ chào Minh Anh, lâu lắm mới thấy"),
        ("minh_anh", "dạo này bận thi quá, hôm nay mới rảnh"),
        ("thu_trang", "thi xong chưa bạn ơi?"),
        ("minh_anh", "↳ còn một môn nữa thôi 😭"),
        ("quoc_bao", "cố lên nha 💪"),
    ),
    (
        ("quoc_bao", "hình nét ghê, đang phát mấy Mbps vậy ta"),
        ("hoang_long", "↳ 720p30, chắc tầm 2 Mbps thôi"),
        ("quoc_bao", "mượt nhỉ, mình xem bằng 4G mà không giật"),
        ("bao_ngoc", "máy mình cũng mượt"),
    ),
    (
        ("hoang_long", "ai so đồng hồ trên hình với đồng hồ máy chưa, trễ có khoảng 1 giây"),
        ("thu_trang", "thật luôn? để mình thử"),
        ("thu_trang", "ơ đúng thật, bên kia mình xem toàn trễ 15 giây"),
        ("emily_w", "wow, same here. about one second 👀"),
        ("bao_ngoc", "/me đang nhìn đồng hồ không chớp mắt"),
    ),
    (
        ("emily_w", "hi everyone! greetings from Melbourne"),
        ("bao_ngoc", "↳ hi Emily, welcome! 🎉"),
        ("minh_anh", "what time is it there?"),
        ("emily_w", "↳ almost midnight, I should be sleeping 😅"),
        ("hoang_long", "one more hour, then sleep :D"),
    ),
    (
        ("thu_trang", "tiếng bíp bíp này nghe hoài thấy ghiền 😂"),
        ("quoc_bao", "↳ mình tắt tiếng từ đầu rồi"),
        ("bao_ngoc", "nghe như tim đập ấy"),
        ("thu_trang", "😂😂"),
    ),
    (
        ("bao_ngoc", "mọi người ăn tối chưa?"),
        ("minh_anh", "chưa, đang phân vân giữa bún bò với cơm tấm"),
        ("hoang_long", "↳ bún bò, không phải nghĩ"),
        ("quoc_bao", "cơm tấm chứ!"),
        ("minh_anh", "thôi mình ăn mì gói cho nhanh 🍜"),
        ("bao_ngoc", "haha"),
    ),
    (
        ("quoc_bao", "hôm nay có chơi game không hay chỉ phát thử thôi vậy?"),
        ("hoang_long", "↳ nghe bảo phát thử trước, tối mai mới chơi"),
        ("quoc_bao", "ok vậy mai mình vào lại"),
        ("thu_trang", "mai mấy giờ vậy?"),
        ("hoang_long", "@thu_trang 8 giờ tối nha"),
    ),
    (
        ("minh_anh", "cho mình hỏi: làm sao để bật chế độ rạp hát vậy?"),
        ("bao_ngoc", "↳ bấm phím T là được"),
        ("minh_anh", "được rồi, cảm ơn nhiều ❤️"),
        ("thu_trang", "bấm dấu ? ra hết các phím tắt luôn đó"),
    ),
    (
        ("emily_w", "is the chat always this friendly?"),
        ("thu_trang", "↳ most of the time 😄"),
        ("hoang_long", "có mod mà, ai quậy là bị mời ra liền"),
        ("emily_w", "haha I used a translator for that one"),
    ),
    (
        ("thu_trang", "Sài Gòn đang mưa to quá, mạng nhà mình chập chờn"),
        ("quoc_bao", "↳ Hà Nội thì lạnh teo"),
        ("thu_trang", "nãy rớt mạng xíu mà vào lại không mất tin nhắn nào, hay ghê"),
        ("bao_ngoc", "ừ mình cũng để ý, nó tự nối lại"),
    ),
    (
        ("hoang_long", "cài OBS mất bao lâu vậy mọi người, mình cũng muốn phát thử"),
        ("quoc_bao", "↳ 5 phút là xong, dán server với key vào thôi"),
        ("bao_ngoc", "nhớ để keyframe 2 giây nha"),
        ("hoang_long", "ok để tối về thử"),
        ("minh_anh", "phát đi tụi mình vào xem 🔥"),
    ),
    (
        ("bao_ngoc", "có ai xem trên điện thoại không?"),
        ("minh_anh", "mình nè, xoay ngang là chat nằm bên cạnh luôn"),
        ("thu_trang", "↳ tiện ghê, để mình thử"),
        ("quoc_bao", "👍"),
    ),
    (
        ("quoc_bao", "đố mọi người: khung hình này có bao nhiêu màu?"),
        ("hoang_long", "↳ 7?"),
        ("minh_anh", "8 chứ, tính cả trắng"),
        ("quoc_bao", "mình cũng không biết đáp án 😂"),
        ("bao_ngoc", "trời ơi"),
        ("emily_w", "lol"),
    ),
    (
        ("emily_w", "any good Vietnamese songs to recommend?"),
        ("minh_anh", "↳ try Đen Vâu, the lyrics are great"),
        ("thu_trang", "hoặc Ngọt, nghe chill lắm"),
        ("emily_w", "adding both to my list, thanks! 🎵"),
    ),
    (
        ("hoang_long", "mai ai đi đá bóng không?"),
        ("quoc_bao", "đi, sân cũ hả"),
        ("hoang_long", "↳ ừ, 6 giờ chiều"),
        ("minh_anh", "cho mình một slot thủ môn 🧤"),
    ),
    (
        ("thu_trang", "cà phê sáng giờ ly thứ ba rồi ☕"),
        ("bao_ngoc", "↳ tối nay thức luôn nha"),
        ("thu_trang", "deadline mà, biết sao giờ"),
        ("hoang_long", "vừa làm vừa xem live là nhất"),
    ),
)

REACTIONS: Final = ("😂", "❤️", "🔥", "👍", "😄", "👏", "haha", "đúng rồi", "chuẩn", "hay quá")

# To somebody who is no part of the demo.
WELCOMES: Final = (
    "chào @{name} 👋",
    "@{name} chào bạn, vào chơi vui nha",
    "thêm một người nữa nè, chào @{name}!",
)
ANSWERS: Final = (
    "@{name} đúng đó",
    "@{name} mình cũng thấy vậy",
    "hay đó @{name} 😄",
    "@{name} kể thêm đi bạn",
)
ANSWERS_TO_QUESTIONS: Final = (
    "@{name} mình cũng không rõ, để ai biết trả lời giúp nha",
    "@{name} chắc là có đó",
    "câu hỏi hay, mình cũng đang thắc mắc @{name}",
)
ENGLISH_ANSWERS: Final = (
    "@{name} haha true",
    "@{name} welcome! where are you from?",
    "good point @{name} 👍",
)
