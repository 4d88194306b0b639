/**
 * What the player shows at instants, for `test_agreement.py`. JSON lines in: {schedule, notices, asks: [[face, instant] …]};
 * for each one line out: [[frame, power] …] in the order of the asks.
 */
import { createInterface } from "node:readline";

import { ScheduleIndex, frame, power } from "../../player_web/src/core/frame.js";
import { readNotices, readSchedule } from "../../player_web/src/core/schedule.js";

for await (const line of createInterface({ input: process.stdin })) {
  const { schedule, notices, asks } = JSON.parse(line);
  const index = new ScheduleIndex(readSchedule(schedule, schedule.cluster));
  const now = notices && readNotices(notices, schedule.cluster);
  const answers = asks.map(([face, instant]) => [frame(index, now, face, instant), power(index, face, instant)]);
  process.stdout.write(`${JSON.stringify(answers)}\n`);
}
