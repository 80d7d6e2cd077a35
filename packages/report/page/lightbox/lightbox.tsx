/** One outcome at full size, with the rows before and after it a key away. */
import type { JSX } from "preact"
import { useLayoutEffect, useRef, useState } from "preact/hooks"
import type { FrameData, RowDetail } from "../../src/document/report-data.ts"
import { count } from "../shell/format.ts"
import { Icon } from "../shell/icon.tsx"
import { describeRow, kindOf, rowName, useDetail, usePicture, useReport } from "../shell/report-context.ts"
import { AnswerPanel } from "./answer-panel.tsx"
import { ClipTimeline } from "./clip-timeline.tsx"
import { PictureStage, type ShownFrame } from "./picture-stage.tsx"

interface LightboxProps {
  readonly rows: ReadonlyArray<number>
  readonly at: number
  readonly go: (at: number) => void
  readonly close: () => void
}

/** The frame to begin with: that of the poster. */
const firstFrame = (frames: ReadonlyArray<FrameData>, poster: number): number =>
  Math.max(
    0,
    frames.findIndex(({ picture }) => picture === poster)
  )

const noPictureText = (kind: string, detail: RowDetail | undefined): string => {
  if (detail?.noPicture !== undefined) return `No picture: ${detail.noPicture}`
  return kind === "other" ? "No picture: the report was not given the inputs" : `No picture of this ${kind}`
}

const Body = ({ asJson, row }: { readonly row: number; readonly asJson: boolean }): JSX.Element => {
  const report = useReport()
  const { blocks, data } = report
  const detail = useDetail(row)
  const [chosen, choose] = useState<number>()
  const [frame, setFrame] = useState<ShownFrame>("upright")
  const [drawn, setDrawn] = useState(true)
  const [clipAt, setClipAt] = useState<number>()
  const frames = detail?.answers.find((answer) => answer.frames.length > 0)?.frames ?? []
  const poster = data.rows.poster[row] ?? 0
  const at = clipAt ?? firstFrame(frames, poster)
  const clipFrame = frames[at]
  const slot = clipFrame === undefined ? poster : (clipFrame.picture ?? nearestPicture(frames, at) ?? poster)
  const position = blocks.pictureAt(row, slot)
  const address = usePicture(position)
  const shapes = clipFrame === undefined ? (detail?.answers.flatMap((answer) => answer.shapes) ?? []) : clipFrame.shapes
  const orientation = detail?.orientation ?? 1
  const hasShapes = shapes.some(({ upright }) => upright !== undefined)
  const hasTools = hasShapes || detail?.stored !== undefined || (orientation !== 1 && frames.length === 0)
  useLayoutEffect(() => {
    setClipAt(undefined)
    choose(undefined)
  }, [row])
  return (
    <div class="lightbox-body">
      <div class="lightbox-picture">
        {position === undefined || address === undefined ? (
          <p class="no-picture large">
            {position === undefined && detail !== undefined ? noPictureText(kindOf(report, row), detail) : ""}
          </p>
        ) : (
          <PictureStage
            address={address}
            ratio={blocks.ratio(position)}
            orientation={orientation}
            frame={frame}
            shapes={shapes}
            chosen={chosen}
            choose={choose}
            drawn={drawn}
            description={describeRow(report, row)}
          />
        )}
        <div class={`lightbox-tools ${hasTools ? "" : "empty-tools"}`}>
          {orientation === 1 || frames.length > 0 ? null : (
            <div class="segments" role="group" aria-label="Frame of reference">
              <button type="button" aria-pressed={frame === "upright"} onClick={() => setFrame("upright")}>
                Upright
              </button>
              <button type="button" aria-pressed={frame === "stored"} onClick={() => setFrame("stored")}>
                As stored
              </button>
            </div>
          )}
          {hasShapes ? (
            <label class="check">
              <input type="checkbox" checked={drawn} onChange={(event) => setDrawn(event.currentTarget.checked)} />{" "}
              Regions
            </label>
          ) : null}
          {detail?.stored === undefined || detail.upright === undefined ? null : (
            <span class="muted">
              {detail.upright.join(" × ")} pixels
              {orientation === 1 ? "" : `, stored ${detail.stored.join(" × ")}, orientation ${orientation}`}
            </span>
          )}
        </div>
        {frames.length > 1 ? <ClipTimeline row={row} frames={frames} at={at} pick={setClipAt} /> : null}
      </div>
      <div class="lightbox-panel">
        {detail === undefined ? null : (
          <AnswerPanel
            detail={detail}
            clipFrame={clipFrame}
            frame={frame}
            chosen={chosen}
            choose={choose}
            asJson={asJson}
          />
        )}
      </div>
    </div>
  )
}

/** The picture of the last frame before this one that has one. */
const nearestPicture = (frames: ReadonlyArray<FrameData>, at: number): number | undefined =>
  frames.slice(0, at).findLast(({ picture }) => picture !== undefined)?.picture

/** The dialog. Left and right go through the rows that were on the page. */
export const Lightbox = ({ at, close, go, rows }: LightboxProps): JSX.Element => {
  const report = useReport()
  const { data } = report
  const dialog = useRef<HTMLDialogElement>(null)
  const [asJson, setAsJson] = useState(false)
  const row = rows[at] ?? 0
  const attempts = data.rows.attempts[row] ?? -1
  const call = data.rows.call[row] ?? 0
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  const press = (event: KeyboardEvent): void => {
    const target = event.target
    if (target instanceof HTMLInputElement && target.type === "range") return
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === "ArrowLeft" && at > 0) go(at - 1)
    else if (event.key === "ArrowRight" && at < rows.length - 1) go(at + 1)
    else if (event.key === "j") setAsJson(!asJson)
    else return
    event.preventDefault()
  }
  return (
    <dialog class="lightbox" ref={dialog} aria-labelledby="lightbox-name" onClose={close} onKeyDown={press}>
      <header class="lightbox-head">
        <h2 id="lightbox-name">
          <bdi>{rowName(report, row)}</bdi>
        </h2>
        <span class="muted">
          {count(at + 1)} of {count(rows.length)}
          {attempts < 0 ? "" : `, ${attempts} ${attempts === 1 ? "attempt" : "attempts"}`}
        </span>
        {call > 0 ? (
          <button type="button" class="link" onClick={() => report.showCall(call)}>
            call {call}
          </button>
        ) : null}
        <span class="space" />
        <div class="segments" role="group" aria-label="Form of the answer">
          <button type="button" aria-pressed={!asJson} onClick={() => setAsJson(false)}>
            Answer
          </button>
          <button type="button" aria-pressed={asJson} onClick={() => setAsJson(true)}>
            JSON
          </button>
        </div>
        <button
          type="button"
          class="button square"
          aria-label="Previous outcome"
          disabled={at === 0}
          onClick={() => go(at - 1)}
        >
          <Icon name="left" />
        </button>
        <button
          type="button"
          class="button square"
          aria-label="Next outcome"
          disabled={at === rows.length - 1}
          onClick={() => go(at + 1)}
        >
          <Icon name="right" />
        </button>
        <button type="button" class="button square" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <Body row={row} asJson={asJson} />
    </dialog>
  )
}
