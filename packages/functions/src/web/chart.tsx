import type { DayCount } from "@imagetotext/core/quota";

const WIDTH = 720;
const HEIGHT = 200;
const TOP = 14;
const BOTTOM = 30;
const LEFT = 48;

/** Requests a day as bars, and the same as a table for whoever cannot see them. */
export function Chart({ days }: { days: readonly DayCount[] }) {
  const top = niceTop(Math.max(...days.map(({ used }) => used)));
  const total = days.reduce((sum, { used }) => sum + used, 0);
  const step = (WIDTH - LEFT) / days.length;
  const scale = (HEIGHT - TOP - BOTTOM) / top;
  const floor = HEIGHT - BOTTOM;
  return (
    <>
      <svg
        class="chart"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={`${total} ${total === 1 ? "request" : "requests"} in the last ${days.length} days. The table below has each day.`}
      >
        {[0, top / 2, top].map((value) => (
          <>
            <line x1={LEFT} x2={WIDTH} y1={floor - value * scale} y2={floor - value * scale} />
            <text x={LEFT - 8} y={floor - value * scale + 4} text-anchor="end">
              {value.toLocaleString("en")}
            </text>
          </>
        ))}
        {days.map(({ day, used }, index) => (
          <rect
            class={used > 0 ? "bar-value" : "bar-zero"}
            x={(LEFT + index * step + 2).toFixed(1)}
            y={(floor - Math.max(2, used * scale)).toFixed(1)}
            width={(step - 4).toFixed(1)}
            height={Math.max(2, used * scale).toFixed(1)}
            rx={2}
          >
            <title>{`${day}: ${used}`}</title>
          </rect>
        ))}
        {days.map(({ day }, index) =>
          (days.length - 1 - index) % 7 === 0 ? (
            <text x={(LEFT + (index + 1) * step - 2).toFixed(1)} y={HEIGHT - 6} text-anchor="end">
              {day.slice(5)}
            </text>
          ) : null,
        )}
      </svg>
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Day (UTC)</th>
              <th scope="col" class="number">
                Requests
              </th>
            </tr>
          </thead>
          <tbody>
            {[...days].reverse().map(({ day, used }) => (
              <tr>
                <td>{day}</td>
                <td class="number">{used.toLocaleString("en")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

/** The next of 2, 4, 10, 20, 40, 100 ...: an even number, so that its half is whole. */
function niceTop(value: number): number {
  for (let unit = 1; ; unit *= 10) {
    for (const factor of [2, 4, 10]) if (value <= factor * unit) return factor * unit;
  }
}
