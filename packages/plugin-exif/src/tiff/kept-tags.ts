/** TIFF: reads its metadata, and writes the same pages without it. This file: the tags that a reader of a page needs. */
import { tag } from "@sightline/platform/tiff/tags"

/** Tags whose values are places in the file. They are replaced when the file is rewritten. */
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
 * Source: TIFF 6.0 and its supplements; 32995 to 32997 (Matteing, DataType and ImageDepth, by SGI) and 37439
 * (StoNits) are what libtiff reads besides.
 * `InkNames` (333) is text that no decoder needs; `FreeOffsets` (288, 289) point at unused bytes.
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
  32_995, // Matteing
  tag.sgiDataType,
  32_997, // ImageDepth
  37_439 // StoNits
])

/**
 * Compression schemes whose data is samples and nothing else: none, fax, LZW, deflate, JBIG, NeXT, PackBits, ThunderScan,
 * LogLuv, LZMA, Zstandard. Source: libtiff's list of compression schemes (2026).
 */
export const plainCompressions: ReadonlySet<number> = new Set([
  1, 2, 3, 4, 5, 8, 9, 10, 32_766, 32_771, 32_773, 32_809, 32_946, 34_661, 34_676, 34_677, 34_925, 50_000
])
