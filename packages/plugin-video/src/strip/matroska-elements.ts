// Elements of Matroska and WebM files (RFC 9559) that a player needs, by their ids.

export const clusterId = 0x1f43b675
export const infoId = 0x1549a966
export const tracksId = 0x1654ae6b
export const trackEntryId = 0xae
export const trackNumberId = 0xd7
export const trackTypeId = 0x83
export const simpleBlockId = 0xa3
export const blockGroupId = 0xa0
export const blockId = 0xa1

export const seekHeadId = 0x114d9b74
export const cuesId = 0x1c53bb6b
export const codecPrivateId = 0x63a2

/** What is needed of a segment: the seek positions, the tracks, the pictures and their index. */
export const keptInSegment = new Set([seekHeadId, infoId, tracksId, clusterId, cuesId])
/** Names of programs. They have to be there, so they stay as empty texts. */
export const emptiedInInfo = new Set([0x4d80, 0x5741])

/** What is kept inside of the elements that are; of an element that is not listed here all is. */
export type Kept = ReadonlyMap<number, Kept | undefined>
const of = (ids: ReadonlyArray<number>, lists: ReadonlyArray<readonly [number, Kept]> = []): Kept =>
  new Map<number, Kept | undefined>([...ids.map((id) => [id, undefined] as const), ...lists])

const colour = of(
  [0x55b1, 0x55b2, 0x55b3, 0x55b4, 0x55b5, 0x55b6, 0x55b7, 0x55b8, 0x55b9, 0x55ba, 0x55bb, 0x55bc, 0x55bd],
  [[0x55d0, of([0x55d1, 0x55d2, 0x55d3, 0x55d4, 0x55d5, 0x55d6, 0x55d7, 0x55d8, 0x55d9, 0x55da])]]
)
const picture = of(
  [
    0x9a, 0x9d, 0x53b8, 0x53c0, 0x53b9, 0xb0, 0xba, 0x54aa, 0x54bb, 0x54cc, 0x54dd, 0x54b0, 0x54ba, 0x54b2, 0x54b3,
    0x2eb524, 0x2fb523, 0x2383e3
  ],
  [
    [0x55b0, colour],
    [0x7670, of([0x7671, 0x7672, 0x7673, 0x7674, 0x7675])]
  ]
)
/** Numbers, languages, how the track is coded, and how it is shown; no names, and nowhere to find more. */
export const keptInTrack = of(
  [
    0xd7,
    0x73c5,
    0x83,
    0xb9,
    0x88,
    0x55aa,
    0x55ab,
    0x55ac,
    0x55ad,
    0x55ae,
    0x55af,
    0x9c,
    0x6de7,
    0x6df8,
    0x23e383,
    0x234e7a,
    0x23314f,
    0x537f,
    0x55ee,
    0x22b59c,
    0x22b59d,
    0x86,
    codecPrivateId,
    0xaa,
    0x6fab,
    0x56aa,
    0x56bb,
    0xe2,
    0x6d80
  ],
  [
    [0xe0, picture],
    [0xe1, of([0xb5, 0x78b5, 0x9f, 0x6264, 0x52f1])],
    [0x41e4, of([0x41f0, 0x41e7, 0x41ed])]
  ]
)
/** Scale and length of the timeline. */
export const keptInInfo = of([0x2ad7b1, 0x4489, ...emptiedInInfo])
/** Of the header in front of the segment: versions and the kind of document. */
export const keptInHeader = of([0x4286, 0x42f7, 0x42f2, 0x42f3, 0x4282, 0x4287, 0x4285])
export const keptInSeekHead = of([], [[0x4dbb, of([0x53ab, 0x53ac])]])
export const keptInCues = of([], [[0xbb, of([0xb3], [[0xb7, of([0xf7, 0xf1, 0xf0, 0xb2, 0x5378, 0xea, 0xdb])]])]])
export const keptInCluster = of([0xe7, 0x5854, 0xa7, 0xab, simpleBlockId, 0xaf])
export const keptInGroup = of(
  [blockId, 0x9b, 0xfa, 0xfb, 0xfd, 0xa4, 0x75a2, 0x8e],
  [[0x75a1, of([], [[0xa6, of([0xee, 0xa5])]])]]
)
