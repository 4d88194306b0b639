/** What the technician's page says, Vietnamese first. `{…}` is filled in. @typedef {import("./texts.js").Text} Text */

/** @type {Record<string, Text>} */
export const SAID = {
  title: { vi: "Trang kỹ thuật", en: "Technician's page" },
  pin: { vi: "Nhập mã PIN 6 số", en: "Enter the PIN of 6 digits" },
  where: {
    vi: "Mã PIN ghi trên trang của máy điều khiển {controller} trong hệ thống quản lý.",
    en: "The PIN stands on the page of the controller {controller} in the CMS.",
  },
  wrong: { vi: "Mã PIN không đúng. Thử lại sau {seconds} giây.", en: "This PIN is wrong. Try again in {seconds} s." },
  again: { vi: "Mã PIN không đúng. Có thể nhập lại.", en: "This PIN is wrong. You may try again." },
  checking: { vi: "Đang kiểm tra…", en: "Checking…" },
  limited: {
    vi: "Máy này chưa nhận mã PIN từ máy chủ nên chỉ xem được phần dưới đây, không chiếu được mẫu thử.",
    en: "This machine has not got a PIN from the server yet: only this is shown, and no test patterns.",
  },
  behind: { vi: "Chương trình vẫn phát phía sau trang này.", en: "The programme goes on behind this page." },
  patterns: { vi: "Mẫu thử", en: "Test patterns" },
  facts: { vi: "Tình trạng", en: "State" },
  close: { vi: "Đóng", en: "Close" },
  language: { vi: "English", en: "Tiếng Việt" },
  all: { vi: "Tất cả các mặt", en: "All faces" },
  choose: {
    vi: "Chọn mặt rồi chọn mẫu. Mẫu tự tắt sau 5 phút; bấm phím hoặc chạm để quay lại, ← → để đổi mẫu.",
    en: "Choose a face, then a pattern. It ends after 5 minutes; press a key or touch to come back, ← → for another one.",
  },
};

/** Headings. @type {Record<string, Text>} */
export const GROUPS = {
  release: { vi: "Bản phát hành", en: "Release" },
  clock: { vi: "Đồng hồ", en: "Clock" },
  network: { vi: "Mạng", en: "Network" },
  storage: { vi: "Bộ nhớ", en: "Storage" },
  faces: { vi: "Mặt màn hình", en: "Faces" },
  machine: { vi: "Máy", en: "Machine" },
  errors: { vi: "Sự việc gần đây", en: "Latest events" },
};

/** @type {Record<string, Text>} */
export const LABELS = {
  version: { vi: "Đang phát", en: "In force" },
  since: { vi: "Từ", en: "Since" },
  until: { vi: "Có lịch đến", en: "Scheduled until" },
  next: { vi: "Đang chờ", en: "Waiting" },
  time: { vi: "Giờ máy chủ", en: "Server's time" },
  offset: { vi: "Máy này lệch", en: "This machine is off by" },
  uncertainty: { vi: "Sai số tối đa", en: "Uncertain by at most" },
  heard: { vi: "Chỉnh giờ lần cuối", en: "Last set" },
  rate: { vi: "Nhịp thạch anh", en: "Rate of the quartz" },
  server: { vi: "Máy chủ", en: "Server" },
  reachable: { vi: "Kết nối", en: "Connection" },
  polled: { vi: "Hỏi lần cuối", en: "Last asked" },
  poll: { vi: "Hỏi mỗi", en: "Asks every" },
  reports: { vi: "Báo cáo", en: "Reports" },
  used: { vi: "Đã dùng", en: "Used" },
  persisted: { vi: "Giữ lâu dài", en: "Kept for good" },
  missing: { vi: "Tệp còn thiếu", en: "Files missing" },
  player: { vi: "Phiên bản trình phát", en: "Player version" },
  controller: { vi: "Máy điều khiển", en: "Controller" },
  canvas: { vi: "Khung hình", en: "Canvas" },
  screen: { vi: "Màn hình máy", en: "Machine's screen" },
  sound: { vi: "Âm thanh", en: "Sound" },
  temperature: { vi: "Nhiệt độ", en: "Temperature" },
  frames: { vi: "Khung hình mỗi giây", en: "Pictures a second" },
};

/** Short answers. @type {Record<string, Text>} */
export const WORDS = {
  none: { vi: "chưa có", en: "none yet" },
  nothing: { vi: "không có", en: "nothing" },
  unknown: { vi: "không rõ", en: "not known" },
  never: { vi: "chưa lần nào từ khi khởi động", en: "not since the start" },
  yes: { vi: "có", en: "yes" },
  no: { vi: "không", en: "no" },
  reachable: { vi: "kết nối được", en: "reached" },
  unreachable: { vi: "không kết nối được", en: "not reached" },
  allowed: { vi: "được phép", en: "allowed" },
  blocked: { vi: "bị trình duyệt chặn", en: "blocked by the browser" },
  waiting: { vi: "đang chờ nội dung", en: "waiting for its content" },
  ago: { vi: "{seconds} giây trước", en: "{seconds} s ago" },
  from: { vi: "số {version} từ {at}", en: "{version} from {at}" },
  fetching: { vi: "số {version} đang tải", en: "{version} is being fetched" },
  whole: { vi: "số {version}", en: "{version}" },
  seconds: { vi: "{seconds} giây", en: "{seconds} s" },
  days: { vi: "{count} ngày", en: "{count} days" },
  hours: { vi: "{count} giờ", en: "{count} hours" },
  quiet: { vi: "Chưa có sự việc nào.", en: "Nothing has happened yet." },
};

/** What the server says of this player. @type {Record<string, Text>} */
export const STATES = {
  unknown: { vi: "chưa gửi", en: "none sent yet" },
  online: { vi: "máy chủ đã nhận", en: "heard by the server" },
  offline: { vi: "máy chủ không trả lời", en: "no answer" },
  busy: { vi: "máy chủ đang bận", en: "the server is busy" },
  refused: { vi: "máy chủ từ chối", en: "refused by the server" },
  revoked: { vi: "quyền phát đã bị thu hồi", en: "this player was revoked" },
  unknown_key: { vi: "máy chủ không nhận ra máy này", en: "the server does not know this player" },
};

/** What a face does. @type {Record<string, Text>} */
export const KINDS = {
  programme: { vi: "chương trình", en: "programme" },
  fallback: { vi: "hình dự phòng", en: "fallback picture" },
  closed: { vi: "tối: ngoài giờ vận hành", en: "dark: outside operating hours" },
  blackout: { vi: "tối: đã tắt hình", en: "dark: blacked out" },
  alert: { vi: "tin khẩn", en: "alert" },
};

/** @type {Record<string, Text>} */
export const EVENTS = {
  refused: { vi: "Từ chối", en: "Refused" },
  storage: { vi: "Bộ nhớ từ chối", en: "Storage refused" },
  repaired: { vi: "Đã tự sửa", en: "Repaired" },
  imported: { vi: "Nhập từ USB", en: "Imported from a stick" },
  started: { vi: "Khởi động", en: "Started" },
  update: { vi: "Cập nhật", en: "Updated" },
  error: { vi: "Lỗi", en: "Error" },
  watchdog: { vi: "Tự khắc phục", en: "Helped itself" },
  service: { vi: "Kỹ thuật viên", en: "Technician" },
  lost: { vi: "Mất báo cáo", en: "Reports lost" },
};

/** What an event is about. @type {Record<string, Text>} */
export const THINGS = {
  "schedule.json": { vi: "lịch chiếu", en: "schedule" },
  "now.json": { vi: "thông báo tức thời", en: "notices" },
  asset: { vi: "hình hoặc đoạn phim", en: "picture or clip" },
  assets: { vi: "hình và đoạn phim", en: "pictures and clips" },
  clip: { vi: "đoạn phim", en: "clip" },
  stream: { vi: "truyền hình trực tiếp", en: "live stream" },
  clock: { vi: "đồng hồ", en: "clock" },
  context: { vi: "đồ hoạ", en: "graphics" },
  database: { vi: "bộ nhớ của trình phát", en: "player's storage" },
  events: { vi: "sự việc", en: "events" },
  face: { vi: "mặt màn hình", en: "face" },
  stage: { vi: "mặt màn hình", en: "faces" },
  page: { vi: "trang", en: "page" },
  pattern: { vi: "mẫu thử", en: "test pattern" },
  release: { vi: "bản phát hành", en: "release" },
  script: { vi: "trình phát", en: "player" },
  usb: { vi: "USB", en: "stick" },
};

/** Why something is refused, or what was done. @type {Record<string, Text>} */
export const REASONS = {
  signature: { vi: "chữ ký không hợp lệ", en: "the signature is not valid" },
  version: { vi: "cũ hơn bản đã có", en: "older than what is held" },
  expired: { vi: "đã hết hạn", en: "expired" },
  hash: { vi: "nội dung khác bản đã ký", en: "not what was signed" },
  length: { vi: "độ dài khác bản đã ký", en: "its length is not what was signed" },
  cluster: { vi: "thuộc cụm khác", en: "of another cluster" },
  format: { vi: "không đọc được định dạng", en: "its format is not understood" },
  missing: { vi: "máy chủ thiếu tệp", en: "missing on the server" },
  slow: { vi: "tải quá chậm", en: "it came too slowly" },
  server_ahead: { vi: "máy này chậm hơn máy chủ", en: "this machine is behind the server" },
  server_behind: { vi: "máy này nhanh hơn máy chủ", en: "this machine is ahead of the server" },
  in_force: { vi: "bắt đầu có hiệu lực", en: "came into force" },
  opened: { vi: "mở trang", en: "page opened" },
  closed: { vi: "đóng trang", en: "page closed" },
  wrong_pin: { vi: "nhập sai mã PIN", en: "wrong PIN" },
  pattern: { vi: "chiếu mẫu thử", en: "test pattern shown" },
  pattern_over: { vi: "hết mẫu thử", en: "test pattern over" },
};
