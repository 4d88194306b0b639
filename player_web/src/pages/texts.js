/** What the pages say, Vietnamese first. `{…}` is filled in. @typedef {{vi: string, en: string}} Text */

/** @type {Record<string, {title: Text, numbered?: boolean, steps?: Text[], foot?: Text, trouble?: boolean}>} */
export const PAGES = {
  starting: {
    title: { vi: "Đang khởi động", en: "Starting" },
    foot: { vi: "Đang đọc nội dung đã lưu trong máy", en: "Reading what is stored in this machine" },
  },
  pairing: {
    title: { vi: "Màn hình này chưa được ghép với cụm thông tin", en: "This screen is not paired with a cluster yet" },
    numbered: true,
    steps: [
      {
        vi: "Trên máy tính của người vận hành, mở {address} và đăng nhập.",
        en: "On an operator's computer, open {address} and log in.",
      },
      { vi: "Chọn máy điều khiển của màn hình này và nhập mã trên đây.", en: "Choose the controller of this screen and type in the code above." },
      { vi: "Màn hình tự phát sau vài giây. Không cần làm gì thêm tại đây.", en: "The screen starts playing within seconds. Nothing more to do here." },
    ],
    foot: { vi: "Mã dùng một lần, tự đổi sau ít phút", en: "The code works once and changes after a few minutes" },
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
  busy: { vi: "Máy chủ đang bận, đang thử lại", en: "The server is busy; trying again" },
};
