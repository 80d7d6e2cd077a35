/** Filters of a search by place. */
import type { GeoPointWire, GeoWire } from "@sightline/core/wire"

/** A circle or a box on the globe, in degrees. */
export type GeoFilter =
  | { readonly _tag: "near"; readonly longitude: number; readonly latitude: number; readonly kilometers: number }
  | {
      readonly _tag: "box"
      readonly west: number
      readonly east: number
      readonly south: number
      readonly north: number
    }

const earthRadiusKm = 6371.0088
const radians = Math.PI / 180

/** Kilometres of one unit of each `geo_limit.type`. */
const unitsKm: Readonly<Record<string, number>> = {
  withinmiles: 1.609344,
  withinkilometers: 1,
  withinradians: earthRadiusKm,
  withindegrees: earthRadiusKm * radians
}

/** Reads `geo`: a point with a limit, or a box of two corners. */
export const readGeo = ({ geo_box: box = [], geo_limit: limit, geo_point: point }: GeoWire): GeoFilter | undefined => {
  if (point !== undefined) {
    const unit = unitsKm[(limit?.type ?? "").toLowerCase()] ?? 1
    const { latitude, longitude } = point
    return { _tag: "near", latitude, longitude, kilometers: (limit?.value ?? 10) * unit }
  }
  const corners = box.map((corner) => corner.geo_point ?? { longitude: 0, latitude: 0 })
  if (corners.length < 2) return undefined
  const longitudes = corners.map(({ longitude }) => longitude)
  const latitudes = corners.map(({ latitude }) => latitude)
  return {
    _tag: "box",
    west: Math.min(...longitudes),
    east: Math.max(...longitudes),
    south: Math.min(...latitudes),
    north: Math.max(...latitudes)
  }
}

/** True if the stored point exists and is inside. */
export const matchesGeo = (point: GeoPointWire | undefined, filter: GeoFilter): boolean => {
  if (point === undefined) return false
  const { latitude, longitude } = point
  if (filter._tag === "box")
    return longitude >= filter.west && longitude <= filter.east && latitude >= filter.south && latitude <= filter.north
  const half = (degrees: number) => Math.sin((degrees * radians) / 2) ** 2
  const h =
    half(latitude - filter.latitude) +
    Math.cos(latitude * radians) * Math.cos(filter.latitude * radians) * half(longitude - filter.longitude)
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(h))) <= filter.kilometers
}
