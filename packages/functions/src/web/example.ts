/** What examples are filled in with. */
type ExampleValues = {
  /** Origin of the site. */
  site: string;
  /** A token, or a word that stands for one. */
  token: string;
};

/** `file` is a name to save it under. */
export type Example = { label: string; file: string; code: string };

const FILE_ENDPOINT = "/api/ocr/extract-text-from-file";

/**
 * The shortest call there is. `receipt.jpg` is a file of the reader's own, or our sample. `-L` follows
 * the 303 that a large image is answered with, by a GET.
 */
export function curlExample({ site, token }: ExampleValues): string {
  return `curl -L -H 'Authorization: Bearer ${token}' \\
  -F file=@receipt.jpg \\
  ${site}${FILE_ENDPOINT}`;
}

/** A call that may be sent again, and is charged once. */
export function retryExample({ site, token }: ExampleValues): string {
  return `curl -L -H 'Authorization: Bearer ${token}' \\
  -H 'Idempotency-Key: invoice-2026-0042' \\
  -F file=@receipt.jpg \\
  ${site}${FILE_ENDPOINT}`;
}

/** One call from beginning to end, failure included, in the languages that we document. */
export function fileExamples(values: ExampleValues): Example[] {
  const { site, token } = values;
  const url = `${site}${FILE_ENDPOINT}`;
  return [
    { label: "cURL", file: "shell", code: curlExample(values) },
    {
      label: "JavaScript",
      file: "example.mjs",
      code: `import { openAsBlob } from "node:fs";

const form = new FormData();
form.append("file", await openAsBlob("receipt.jpg"), "receipt.jpg");

const response = await fetch("${url}", {
  method: "POST",
  headers: { Authorization: "Bearer ${token}" },
  body: form,
});
const answer = await response.json();
if (!answer.success) throw new Error(answer.code + ": " + answer.detail);
console.log(answer.data.text);`,
    },
    {
      label: "Python",
      file: "example.py",
      code: `import requests

with open("receipt.jpg", "rb") as image:
    response = requests.post(
        "${url}",
        headers={"Authorization": "Bearer ${token}"},
        files={"file": image},
        timeout=30,
    )
answer = response.json()
if not answer["success"]:
    raise SystemExit(answer["code"] + ": " + answer["detail"])
print(answer["data"]["text"])`,
    },
    {
      label: "PHP",
      file: "example.php",
      code: `<?php
$request = curl_init("${url}");
curl_setopt_array($request, [
    CURLOPT_HTTPHEADER => ["Authorization: Bearer ${token}"],
    CURLOPT_POSTFIELDS => ["file" => new CURLFile("receipt.jpg")],
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_FOLLOWLOCATION => true,
    CURLOPT_TIMEOUT => 30,
]);
$answer = json_decode(curl_exec($request), true);
if (!$answer["success"]) {
    exit($answer["code"] . ": " . $answer["detail"] . "\\n");
}
echo $answer["data"]["text"], "\\n";`,
    },
  ];
}

/** The same call with the image in JSON. */
export function base64Example({ site, token }: ExampleValues): Example {
  return {
    label: "cURL, base64 in JSON",
    file: "shell",
    code: `printf '{"image": "data:image/jpeg;base64,%s"}' "$(base64 -w 0 receipt.jpg)" |
  curl -L -H 'Authorization: Bearer ${token}' \\
    -H 'Content-Type: application/json' \\
    --data-binary @- ${site}/api/ocr/extract-text`,
  };
}
