// Cutting metadata out, in GB/s, against a plain copy of the same file in the same run. Prints JSON lines.
import { strip } from "@sightline/plugin-exif"
import { middle, photo, ratio, timed } from "./exif-photo.ts"

// Twenty at a time: one takes less than the resolution of the processor clock.
const often = (run: () => unknown) => () => {
  for (let i = 0; i < 20; i++) run()
}

const sizes: ReadonlyArray<readonly [number, number, number]> = [
  [2016, 1512, 90],
  [4032, 3024, 90],
  [4032, 3024, 97]
]

for (const [width, height, quality] of sizes) {
  const source = await photo(width, height, quality)
  const cut = () => {
    const result = strip(source)
    if (!result.ok) throw result.error
    return result.value
  }
  const copy = () => {
    const target = new Uint8Array(source.length)
    target.set(source)
    return target
  }
  const contenders = { copy: often(copy), cut: often(cut) }
  await timed(3, contenders)
  const { copy: copied, cut: done } = await timed(40, contenders)
  const speed = (ms: number) => Math.round((source.length * 20) / ms / 1e4) / 100
  console.log(
    JSON.stringify({
      bench: "exif-strip",
      megabytes: ratio(source.length, 1e6),
      copyGBps: speed(middle(copied?.wall)),
      stripGBps: speed(middle(done?.wall)),
      ofCopySpeed: ratio(middle(copied?.wall), middle(done?.wall)),
      ofCopySpeedByCpu: ratio(middle(copied?.cpu), middle(done?.cpu))
    })
  )
}
