// Debian's ffmpeg as a second opinion, and as a maker of clips; only in tests.
import { execFileSync, spawnSync } from "node:child_process"

/** True when ffmpeg is here; else prints one line that says what is skipped. */
export const hasFfmpeg: boolean = spawnSync("ffmpeg", ["-version"]).status === 0

if (!hasFfmpeg) console.warn("skipped: no ffmpeg command (apt-get install ffmpeg)")

/** Runs ffmpeg quietly. */
export const ffmpeg = (...args: ReadonlyArray<string>): void => {
  execFileSync("ffmpeg", ["-v", "error", "-nostdin", "-y", ...args])
}

/** Presentation times of a file's first video track in seconds, as ffprobe decodes them. */
export const frameSeconds = (path: string): ReadonlyArray<number> =>
  execFileSync(
    "ffprobe",
    [
      "-v",
      "quiet",
      "-select_streams",
      "v:0",
      "-show_entries",
      "frame=best_effort_timestamp_time",
      "-of",
      "csv=p=0",
      path
    ],
    { maxBuffer: 1 << 28 }
  )
    .toString()
    .split("\n")
    .map((line) => Number.parseFloat(line))
    .filter((seconds) => Number.isFinite(seconds))
