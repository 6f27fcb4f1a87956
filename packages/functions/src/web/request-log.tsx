import * as Receipt from "@imagetotext/core/receipt";

/** Answered requests, newest first. What was in the images is not known here. */
export function Log({ log }: { log: Receipt.Page }) {
  if (log.receipts.length === 0) return <p class="hint">No request was answered yet.</p>;
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">Request, time (UTC)</th>
            <th scope="col" class="wide-only">
              Status
            </th>
            <th scope="col" class="number">
              ms
            </th>
            <th scope="col" class="number wide-only">
              Bytes
            </th>
            <th scope="col" class="number">
              Confidence
            </th>
          </tr>
        </thead>
        <tbody>
          {log.receipts.map(({ at, requestId, ms, bytes, confidence }) => (
            <tr>
              <td class="request">
                {at.toISOString().slice(0, 19).replace("T", " ")}
                <code>{requestId}</code>
              </td>
              <td class="wide-only">
                <span class="tag">200</span>
              </td>
              <td class="number">{ms.toLocaleString("en")}</td>
              <td class="number wide-only">{bytes.toLocaleString("en")}</td>
              <td class="number">{confidence}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        <a href="/dashboard/requests.csv">Download as CSV</a>
        {log.cursor && (
          <>
            {" · "}
            <a href={`/dashboard?cursor=${log.cursor}#log-title`}>Older requests</a>
          </>
        )}
      </p>
      <p class="hint">
        Answered requests of the last 90 days: only these count. Neither images nor texts are kept.
      </p>
    </>
  );
}

const CSV_PAGE = 1000;
/** Keeps the file under the 6 MB that a Lambda function can answer with. */
const CSV_ROWS = 50_000;

/** All that is kept of the account's requests, newest first. No field can hold a comma or a formula. */
export async function toCsv(accountId: string): Promise<string> {
  const rows = ["time,request_id,status,ms,bytes,pixels,confidence"];
  let cursor: string | undefined;
  do {
    const options = { limit: CSV_PAGE, ...(cursor ? { cursor } : {}) };
    const page: Receipt.Page = await Receipt.list(accountId, options);
    for (const { at, requestId, ms, bytes, pixels, confidence } of page.receipts) {
      rows.push([at.toISOString(), requestId, 200, ms, bytes, pixels, confidence].join(","));
    }
    cursor = page.cursor;
  } while (cursor && rows.length < CSV_ROWS);
  return `${rows.join("\r\n")}\r\n`;
}
