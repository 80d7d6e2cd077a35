// Geographic positions of inputs and areas of searches.
import { always, explicit, float, message, repeated, string } from "./field.ts"
import { defineMessage, type Infer, type Message } from "./message.ts"

const geoPoint = () => ({
  longitude: always(float(1), 0),
  latitude: always(float(2), 0)
})
/** A position on earth, in degrees. */
export interface GeoPointWire extends Infer<typeof geoPoint> {}
export const GeoPointWire: Message<GeoPointWire> = /* @__PURE__ */ defineMessage("GeoPoint", geoPoint)

const geoLimit = () => ({
  /** `withinMiles`, `withinKilometers`, `withinRadians` or `withinDegrees`. */
  type: string(1),
  value: explicit(float(2))
})
/** Radius of a search around a point. */
export interface GeoLimitWire extends Infer<typeof geoLimit> {}
export const GeoLimitWire: Message<GeoLimitWire> = /* @__PURE__ */ defineMessage("GeoLimit", geoLimit)

const geoBoxedPoint = () => ({
  geo_point: message(1, () => GeoPointWire)
})
/** One corner of an area. */
export interface GeoBoxedPointWire extends Infer<typeof geoBoxedPoint> {}
export const GeoBoxedPointWire: Message<GeoBoxedPointWire> = /* @__PURE__ */ defineMessage(
  "GeoBoxedPoint",
  geoBoxedPoint
)

const geo = () => ({
  geo_point: message(1, () => GeoPointWire),
  geo_limit: message(2, () => GeoLimitWire),
  geo_box: repeated(message(3, () => GeoBoxedPointWire))
})
/** Position of an input, or area of a search: a point, a point with a radius, or two corners. */
export interface GeoWire extends Infer<typeof geo> {}
export const GeoWire: Message<GeoWire> = /* @__PURE__ */ defineMessage("Geo", geo)
