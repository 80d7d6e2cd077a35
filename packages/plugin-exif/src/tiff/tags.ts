/** Tag numbers of TIFF files, and which of them a reader of the picture needs. */

/** Tags that this package interprets. Sources: TIFF 6.0; TIFF Technical Note 2 (347); Adobe's and IPTC's registrations. */
export const tag = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  description: 270,
  stripOffsets: 273,
  orientation: 274,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  planarConfiguration: 284,
  predictor: 317,
  colorMap: 320,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  subDirectories: 330,
  inkSet: 332,
  extraSamples: 338,
  sampleFormat: 339,
  jpegTables: 347,
  jpegStream: 513,
  jpegStreamLength: 514,
  jpegQTables: 519,
  jpegDcTables: 520,
  jpegAcTables: 521,
  xmp: 700,
  iptc: 33_723,
  photoshop: 34_377,
  icc: 34_675
} as const

/** Tags whose values are places in the file. They are written anew when the file is. */
export const placeTags: ReadonlySet<number> = new Set([
  tag.stripOffsets,
  tag.stripByteCounts,
  tag.tileOffsets,
  tag.tileByteCounts,
  tag.jpegStream,
  tag.jpegStreamLength,
  tag.jpegQTables,
  tag.jpegDcTables,
  tag.jpegAcTables
])

/**
 * Tags that say how samples are stored and shown; everything else describes the picture and is left out.
 *
 * Source: TIFF 6.0 and its supplements; 32997 (ImageDepth) and 37439 (StoNits) are what libtiff reads besides.
 * `InkNames` (333) is text and needed by nobody; `FreeOffsets` (288, 289) point at unused bytes.
 */
export const pictureTags: ReadonlySet<number> = new Set([
  tag.newSubfileType,
  tag.subfileType,
  tag.width,
  tag.height,
  tag.bitsPerSample,
  tag.compression,
  tag.photometric,
  263, // Threshholding
  264, // CellWidth
  265, // CellLength
  tag.fillOrder,
  tag.samplesPerPixel,
  tag.rowsPerStrip,
  280, // MinSampleValue
  281, // MaxSampleValue
  282, // XResolution
  283, // YResolution
  tag.planarConfiguration,
  290, // GrayResponseUnit
  291, // GrayResponseCurve
  292, // T4Options
  293, // T6Options
  296, // ResolutionUnit
  297, // PageNumber
  301, // TransferFunction
  tag.predictor,
  318, // WhitePoint
  319, // PrimaryChromaticities
  tag.colorMap,
  321, // HalftoneHints
  tag.tileWidth,
  tag.tileLength,
  tag.inkSet,
  334, // NumberOfInks
  336, // DotRange
  tag.extraSamples,
  tag.sampleFormat,
  340, // SMinSampleValue
  341, // SMaxSampleValue
  342, // TransferRange
  tag.jpegTables,
  512, // JPEGProc
  515, // JPEGRestartInterval
  517, // JPEGLosslessPredictors
  518, // JPEGPointTransforms
  529, // YCbCrCoefficients
  530, // YCbCrSubSampling
  531, // YCbCrPositioning
  532, // ReferenceBlackWhite
  32_997, // ImageDepth
  37_439 // StoNits
])

/** Compression schemes. */
export const compressions = {
  none: 1,
  lzw: 5,
  oldJpeg: 6,
  jpeg: 7,
  deflate: 8,
  packBits: 32_773,
  oldDeflate: 32_946,
  /**
   * Schemes whose data is samples and nothing else: none, fax, LZW, deflate, JBIG, NeXT, PackBits, ThunderScan, LogLuv,
   * LZMA, Zstandard. Source: libtiff's list of compression schemes (2026).
   */
  withoutMetadata: new Set([
    1, 2, 3, 4, 5, 8, 9, 10, 32_766, 32_771, 32_773, 32_809, 32_946, 34_661, 34_676, 34_677, 34_925, 50_000
  ])
} as const
