/** What the panel for importing from a stick says, Vietnamese first. `{…}` is filled in. @typedef {import("./texts.js").Text} Text */

/** @type {Record<string, Text>} */
export const SAID = {
  title: { vi: "Nhập nội dung từ USB", en: "Import from a USB stick" },
  ready: {
    vi: "Cắm USB, bấm nút dưới đây và chọn thư mục bangtin-{cluster}. Chương trình đang chiếu không bị gián đoạn.",
    en: "Plug the stick in, press the button and choose the folder bangtin-{cluster}. What is being shown goes on.",
  },
  unpaired: {
    vi: "Màn hình này chưa được ghép với cụm thông tin nào nên chưa nhập được. Cần ghép qua mạng một lần trước.",
    en: "This screen is not paired with a cluster yet, so it cannot import. It must be paired over the network once.",
  },
  checking: { vi: "Đang kiểm tra USB…", en: "Checking the stick…" },
  copying: { vi: "Đang chép và kiểm tra: {done} / {total} MB. Xin đừng rút USB.", en: "Copying and verifying: {done} of {total} MB. Do not pull the stick out." },
  done: {
    vi: "Đã nhập xong bản phát hành số {version}. Màn hình chiếu nội dung này{when}. Có thể rút USB.",
    en: "Release {version} is imported and plays{when_en}. You may pull the stick out.",
  },
  already: {
    vi: "Màn hình đã có đúng bản phát hành này (số {version}), không cần nhập lại. Có thể rút USB.",
    en: "The screen has this very release ({version}) already. You may pull the stick out.",
  },
  refused: { vi: "USB bị từ chối. Màn hình vẫn chiếu nội dung cũ.", en: "The stick is refused. The screen shows on what it had." },
};

/** @type {Record<string, Text>} Why a stick is refused, and what to do. */
export const REFUSED = {
  cluster: {
    vi: "USB này dành cho cụm khác ({detail}). Màn hình này thuộc cụm {cluster}: hãy xuất lại đúng cụm.",
    en: "This stick is for another cluster ({detail}). This screen belongs to {cluster}: export for that cluster.",
  },
  version: {
    vi: "Nội dung trên USB cũ hơn nội dung màn hình đã có. Hãy xuất lại bản mới nhất.",
    en: "What is on the stick is older than what this screen has. Export the newest release again.",
  },
  expired: { vi: "Nội dung trên USB đã hết hạn dùng. Hãy xuất lại bản mới nhất.", en: "What is on the stick has expired. Export the newest release again." },
  incomplete: {
    vi: "USB chép chưa đủ{missing}. Hãy chép lại nguyên thư mục bangtin-{cluster}, chờ chép xong rồi rút USB an toàn.",
    en: "The stick was copied only in part{missing_en}. Copy the whole folder bangtin-{cluster} again and eject the stick properly.",
  },
  hash: {
    vi: "Tệp trên USB đã bị thay đổi hoặc hỏng ({what}). Hãy xuất lại; nếu vẫn bị, dùng USB khác và báo quản trị viên.",
    en: "A file on the stick was changed or is damaged ({what}). Export again; if it happens again, take another stick and tell the administrator.",
  },
  signature: {
    vi: "Chữ ký trên USB không đúng ({what}): đây không phải nội dung do tỉnh ký. Không dùng USB này; hãy báo quản trị viên.",
    en: "The signature is not valid ({what}): the province did not sign this. Do not use this stick; tell the administrator.",
  },
  format: {
    vi: "Trình phát này không đọc được nội dung trên USB ({what}). Hãy cập nhật trình phát, hoặc xuất lại.",
    en: "This player does not understand what is on the stick ({what}). Update the player, or export again.",
  },
  storage: {
    vi: "Máy điều khiển không đủ chỗ chứa nội dung mới. Hãy báo quản trị viên để giảm dung lượng hoặc thay ổ đĩa.",
    en: "The controller has no room for it. Tell the administrator: smaller content, or a larger disk.",
  },
  pulled: {
    vi: "USB bị rút ra hoặc không đọc được nữa. Hãy cắm lại và nhập lại: máy chép tiếp phần còn thiếu.",
    en: "The stick was pulled out or can no longer be read. Plug it in and import again: it goes on where it stopped.",
  },
  nothing: {
    vi: "Không thấy thư mục bangtin-{cluster} ở nơi vừa chọn. Hãy chọn đúng thư mục đó trên USB.",
    en: "There is no folder bangtin-{cluster} where you chose. Choose that folder on the stick.",
  },
  error: { vi: "Không nhập được ({detail}). Hãy thử lại hoặc báo quản trị viên.", en: "It could not be imported ({detail}). Try again, or tell the administrator." },
};
REFUSED.length = REFUSED.hash;
REFUSED.stalled = REFUSED.pulled;

/** @type {Record<string, Text>} */
export const BUTTONS = {
  choose: { vi: "Chọn thư mục trên USB", en: "Choose the folder" },
  again: { vi: "Chọn lại", en: "Choose again" },
  close: { vi: "Đóng", en: "Close" },
};
