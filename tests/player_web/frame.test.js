import assert from "node:assert/strict";
import { test } from "node:test";

import { ScheduleIndex, frame } from "../../player_web/src/core/frame.js";
import { readNotices, readSchedule } from "../../player_web/src/core/schedule.js";
import { allVectors } from "./vectors.js";

for (const { name, schedule, notices, cases } of allVectors("frame/")) {
  test(`frame() answers as the compiler's does: ${name}`, () => {
    const index = new ScheduleIndex(readSchedule(schedule, schedule.cluster));
    const read = notices && readNotices(notices, schedule.cluster);
    for (const { face, at, expect } of cases) {
      assert.deepEqual(frame(index, read, face, at), expect, `${face} at ${at}`);
    }
  });
}
