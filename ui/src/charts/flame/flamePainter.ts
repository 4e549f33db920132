// SPDX-License-Identifier: Apache-2.0
// Paints the rectangles that flameLayout.ts has placed. A few thousand of them take about 3 ms.
import type { FlameRects, FlameView } from "./flameLayout";
import type { FlameTree } from "./flameTree";

export interface FlameTheme {
  readonly colours: readonly string[];
  // Of the nodes that do not match.
  readonly dim: string;
  readonly dimText: string;
  readonly text: string;
  readonly error: string;
  readonly mark: string;
  readonly font: string;
}

export interface FlameLook {
  readonly current: number;
  readonly hovered: number;
  // Nodes that match; undefined without a filter.
  readonly matches: ReadonlySet<number> | undefined;
}

const kGapPx = 1;
const kPadPx = 5;
const kLeastTextPx = 22;
const kMarkPx = 3;
const kDimAlpha = 0.4;

// Cuts by the average width of a letter first, since measuring each candidate costs more than painting.
function fitting(context: CanvasRenderingContext2D, text: string, roomPx: number, letterPx: number): string {
  const most = Math.floor(roomPx / letterPx);
  if (text.length <= most * 0.8) return text;
  let cut = text.slice(0, Math.max(1, Math.ceil(most * 1.3)));
  while (cut.length > 1 && context.measureText(cut.length < text.length ? `${cut}…` : cut).width > roomPx) cut = cut.slice(0, -1);
  return cut.length < text.length ? `${cut}…` : cut;
}

export function paintFlame(
  canvas: HTMLCanvasElement, tree: FlameTree, rects: FlameRects, view: FlameView, theme: FlameTheme, look: FlameLook,
): void {
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(view.widthPx * ratio);
  canvas.height = Math.round(view.heightPx * ratio);
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.scale(ratio, ratio);
  context.translate(0, -view.topPx);
  context.font = theme.font;
  context.textBaseline = "middle";
  const letterPx = context.measureText("abcdefghij").width / 10;
  const height = view.rowPx - kGapPx;
  rects.node.forEach((node, i) => {
    const [x, y] = [rects.x[i] ?? 0, rects.y[i] ?? 0];
    const width = Math.max(0.7, (rects.width[i] ?? 0) - kGapPx);
    const dim = look.matches !== undefined && !look.matches.has(node);
    context.fillStyle = dim ? theme.dim : (theme.colours[tree.colour[node] ?? 0] ?? theme.dim);
    context.fillRect(x, y, width, height);
    if (tree.failed[node] === 1) {
      context.fillStyle = theme.error;
      context.globalAlpha = dim ? kDimAlpha : 1;
      context.fillRect(x, y + height - kMarkPx, width, kMarkPx);
      context.globalAlpha = 1;
    }
    if (node === look.current || node === look.hovered) {
      context.strokeStyle = theme.mark;
      context.lineWidth = node === look.current ? 2 : 1;
      context.strokeRect(x + 1, y + 1, Math.max(1, width - 2), height - 2);
    }
    if (width < kLeastTextPx) return;
    context.fillStyle = dim ? theme.dimText : theme.text;
    context.fillText(fitting(context, tree.labels[node] ?? "", width - 2 * kPadPx, letterPx), x + kPadPx, y + height / 2);
  });
}
