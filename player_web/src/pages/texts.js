/** What the pages say, Vietnamese first. `{…}` is filled in. @typedef {{vi: string, en: string}} Text */

/** @type {Text} */
const SCAN = {
  vi: "Quét mã QR bằng điện thoại, hoặc mở {address} trên máy tính, rồi đăng nhập.",
  en: "Scan the QR code, or open that address on a computer, and log in.",
};
/** @type {Text} */
const CHOOSE = {
  vi: "So mã với mã trên màn hình này, chọn máy điều khiển rồi xác nhận.",
  en: "Compare the code with this one, choose the controller and confirm.",
};
/** @type {Text} */
const CODE_CHANGES = { vi: "Mã dùng một lần, tự đổi sau 10 phút", en: "The code works once and changes after 10 minutes" };

/** @type {Record<string, {title: Text, numbered?: boolean, steps?: Text[], foot?: Text, trouble?: boolean}>} */
export const PAGES = {
  starting: {
    title: { vi: "Đang khởi động", en: "Starting" },
    foot: { vi: "Đang đọc nội dung đã lưu trong máy", en: "Reading what is stored in this machine" },
  },
  pairing: {
    title: { vi: "Màn hình này chưa được ghép với cụm thông tin", en: "This screen is not paired with a cluster yet" },
    numbered: true,
    steps: [SCAN, CHOOSE, { vi: "Màn hình tự phát sau vài giây.", en: "The screen starts playing within seconds." }],
    foot: CODE_CHANGES,
  },
  revoked: {
    title: { vi: "Quyền phát của màn hình này đã bị thu hồi", en: "This screen was revoked" },
    numbered: true,
    steps: [
      {
        vi: "Không rõ vì sao? Hãy hỏi người vận hành: lý do ghi trong mục “Trình phát”.",
        en: "Do you not know why? Ask the operator: the reason stands under “Players”.",
      },
      { vi: "Muốn dùng lại máy này: quét mã QR hoặc mở {address}, rồi đăng nhập.", en: "To use this machine again: scan the QR code or open that address, and log in." },
      CHOOSE,
    ],
    foot: CODE_CHANGES,
    trouble: true,
  },
  unknown_key: {
    title: { vi: "Máy chủ không còn nhận ra màn hình này", en: "The server no longer knows this screen" },
    numbered: true,
    steps: [
      {
        vi: "Màn hình vẫn phát nội dung đã có, nhưng máy chủ không nhận báo cáo. Thường là do máy chủ được khôi phục từ bản sao lưu cũ.",
        en: "It plays what it has, but its reports are not heard. Usually the server was restored from an older backup.",
      },
      { vi: "Quét mã QR hoặc mở {address}, đăng nhập và ghép lại. Nội dung đã tải được giữ nguyên.", en: "Scan the QR code or open that address, log in and pair it anew. What it has fetched stays." },
    ],
    foot: { vi: "Bấm Esc để đóng. Trang này tự đóng sau 90 giây", en: "Press Esc to close. This page closes by itself after 90 seconds" },
    trouble: true,
  },
  other_keys: {
    title: { vi: "Máy chủ này dùng khoá khác với khoá màn hình đã tin", en: "This server has other keys than those this screen trusts" },
    steps: [
      {
        vi: "Có thể ai đó đang giả làm máy chủ. Hãy gọi người quản trị của tỉnh và hỏi: máy chủ có vừa được cài lại với khoá mới không?",
        en: "Somebody may be posing as the server. Call the province's administrator: was the server set up anew, with new keys?",
      },
      {
        vi: "Nếu không: đóng trang này. Màn hình giữ khoá cũ và phát tiếp nội dung đã có.",
        en: "If not: close this page. The screen keeps the old keys and goes on with what it has.",
      },
      {
        vi: "Nếu đúng: bấm nút dưới đây. Nội dung cũ bị bỏ và màn hình tin máy chủ mới.",
        en: "If so: press the button below. What it has is dropped, and the screen trusts the new server.",
      },
    ],
    trouble: true,
  },
  claiming: {
    title: { vi: "Đang nhận màn hình theo đường dẫn mời", en: "Taking this screen by its invitation" },
    foot: { vi: "Đang hỏi máy chủ", en: "Asking the server" },
  },
  invitation: {
    title: { vi: "Đường dẫn mời không còn dùng được", en: "This invitation no longer works" },
    steps: [
      {
        vi: "Mỗi đường dẫn chỉ dùng một lần và chỉ có hiệu lực ít phút. Hãy tạo đường dẫn mới trong “Trình phát”, hoặc chờ: mã ghép sẽ hiện ra ngay sau đây.",
        en: "An invitation works once, for a few minutes. Make a new one under “Players”, or wait: a code to pair with appears in a moment.",
      },
    ],
    trouble: true,
  },
  waiting: {
    title: { vi: "Đã ghép. Đang chờ bản phát hành đầu tiên", en: "Paired. Waiting for the first release" },
    steps: [
      {
        vi: "Không có mạng? Cắm USB có bản phát hành rồi nhấn Ctrl + Alt + U.",
        en: "No network? Plug in a stick with a release and press Ctrl + Alt + U.",
      },
    ],
    foot: { vi: "Nội dung sẽ tự hiện khi tải và kiểm tra xong", en: "It plays by itself once it is here and verified" },
  },
  insecure: {
    title: { vi: "Địa chỉ này không an toàn nên trình phát không chạy", en: "This address is not secure, so the player does not run" },
    steps: [
      {
        vi: "Trình duyệt chỉ cho kiểm tra chữ ký và lưu nội dung khi trang được mở qua https:// hoặc ngay trên máy điều khiển (localhost).",
        en: "Browsers check signatures and store content only for pages opened over https:// or on the machine itself (localhost).",
      },
      { vi: "Mở bằng HTTPS: {https}", en: "Open it over HTTPS: {https}" },
      { vi: "Hoặc mở ngay trên máy chủ: {localhost}", en: "Or open it on the server itself: {localhost}" },
      {
        vi: "Máy chủ chưa có HTTPS? Chạy bangtin up --tls rồi cài chứng thư của máy chủ vào máy điều khiển.",
        en: "No HTTPS yet? Run bangtin up --tls and install the server's certificate on the controller.",
      },
    ],
    trouble: true,
  },
  browser: {
    title: { vi: "Trình duyệt này quá cũ", en: "This browser is too old" },
    steps: [
      {
        vi: "Trình phát cần kiểm tra được chữ ký Ed25519. Hãy cài Chromium hoặc Chrome bản mới (từ 137), Firefox từ 130 hoặc Safari từ 17.",
        en: "The player must check Ed25519 signatures. Install a current Chromium or Chrome (137 or later), Firefox 130 or Safari 17.",
      },
    ],
    trouble: true,
  },
  storage: {
    title: { vi: "Trình duyệt không cho lưu nội dung", en: "This browser does not let the player store anything" },
    steps: [
      {
        vi: "Không dùng cửa sổ ẩn danh; cho phép trang này lưu dữ liệu; kiểm tra dung lượng trống của ổ đĩa. Trang sẽ tự thử lại.",
        en: "Use no private window, allow this site to store data, and check that the disk has room. The page tries again by itself.",
      },
    ],
    foot: { vi: "Thử lại sau 30 giây", en: "Trying again in 30 seconds" },
    trouble: true,
  },
  elsewhere: {
    title: { vi: "Trình phát này đang chạy ở một cửa sổ khác", en: "This player already runs in another window" },
    steps: [
      {
        vi: "Một chỗ chỉ phát trong một cửa sổ. Đóng cửa sổ kia, trang này sẽ tự phát tiếp.",
        en: "A seat plays in one window only. Close the other one and this page takes over by itself.",
      },
    ],
  },
};

/** @type {Record<string, Text>} */
export const PROBLEMS = {
  offline: { vi: "Chưa liên lạc được với máy chủ, đang thử lại", en: "The server does not answer; trying again" },
  busy: { vi: "Máy chủ đang bận và xin đợi; màn hình tự thử lại", en: "The server is busy and asks to wait; trying again by itself" },
  notready: {
    vi: "Đã nhận mã. Máy chủ đang chuẩn bị khoá của tỉnh, xin đợi",
    en: "The code was taken. The server is preparing the province's keys; please wait",
  },
};

/** @type {Record<string, Text>} */
export const ACTIONS = {
  close: { vi: "Đóng, giữ khoá cũ", en: "Close, keep the old keys" },
  trust: { vi: "Tin máy chủ mới", en: "Trust the new server" },
};
