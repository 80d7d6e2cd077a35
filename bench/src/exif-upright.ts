// A 12-megapixel photo in orientation 6 made upright: moving its coefficients, against decoding and encoding it with
// sharp on one thread at the same quality. Prints JSON lines; `first` is with nothing warmed up.
import { turn } from "@sightline/plugin-exif"
import sharp from "sharp"
import { middle, photo, ratio, timed } from "./exif-photo.ts"

sharp.concurrency(1)
sharp.cache(false)

for (const quality of [80, 90]) {
  const source = await photo(4032, 3024, quality)
  const lossless = () => {
    const result = turn(source)
    if (!result.ok) throw result.error
    return result.value
  }
  const withSharp = () => sharp(source).autoOrient().jpeg({ quality }).toBuffer()
  const plainCoding = () => sharp(source).autoOrient().jpeg({ quality, optimiseCoding: false }).toBuffer()
  const contenders = { sharp: withSharp, sharpWithoutOptimisedCoding: plainCoding, lossless }
  const first = await timed(1, contenders)
  const times = await timed(9, contenders)
  for (const name of Object.keys(contenders)) {
    console.log(
      JSON.stringify({
        bench: "exif-upright",
        megabytes: ratio(source.length, 1e6),
        quality,
        contender: name,
        ms: Math.round(middle(times[name]?.wall)),
        cpuMs: Math.round(middle(times[name]?.cpu)),
        ofSharp: ratio(middle(times[name]?.wall), middle(times["sharp"]?.wall)),
        ofSharpByCpu: ratio(middle(times[name]?.cpu), middle(times["sharp"]?.cpu)),
        firstMs: Math.round(middle(first[name]?.wall))
      })
    )
  }
}
