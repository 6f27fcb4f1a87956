import { config } from "@imagetotext/core/config";
import { expect, test } from "vitest";
import { parseLanguages } from "../../../packages/core/src/ocr/language.ts";
import { languageOfWords } from "../../../packages/core/src/ocr/wording.ts";
import { readFixture, warningsIn } from "../../support/recognise.ts";

test.each([
  ["rus", "Вчера вечером мы вернулись из деревни поздно."],
  ["ell", "Χθες το βράδυ γυρίσαμε αργά από το χωριό."],
  ["ara", "عدنا مساء أمس متأخرين من القرية."],
  ["hin", "कल शाम हम गाँव से देर से लौटे।"],
  ["heb", "אמש חזרנו מאוחר מהכפר."],
  ["chi_sim", "昨天晚上我们很晚才从村子里回来"],
  ["chi_tra", "昨天晚上我們很晚才從村子裡回來"],
  ["jpn", "春になると、川沿いの桜並木は多くの人でにぎわいます。"],
  ["tha", "เมื่อคืนนี้เรา"],
])("finds by itself that a page is in the script of %s", async (language, words) => {
  const result = await readFixture(`${language}.png`);
  expect(result.language).toBe(language);
  expect(result.raw.engine.languages).toEqual([language]);
  // The micro sign and the letter mu look the same.
  expect(result.text.replaceAll("µ", "μ").replaceAll("\n", " ")).toContain(words);
});

test("finds Korean by itself", async () => {
  expect(await readFixture("kor.png")).toMatchObject({ language: "kor" });
});

test.each([
  ["deu", "wartete ein alter Freund mit einem großen Schirm", "Straße"],
  ["fra", "À la gare, un vieil ami nous attendait", "très"],
  ["ita", "solo in primavera, perché i lavori costano molto e la città", "può"],
  ["por", "Na estação esperava-nos um velho amigo", "câmara"],
  ["spa", "el señor alcalde no quiere más gastos", "Contó"],
])(
  "gets the accents of %s right when asked for it, and finds it with auto",
  async (language, words, accented) => {
    const asked = await readFixture(`${language}.png`, [language]);
    expect(asked.text.replaceAll("\n", " ")).toContain(words);
    expect(asked.text).toContain(accented);
    expect(warningsIn(asked)).toEqual([]);
    const found = await readFixture(`${language}.png`, ["auto"]);
    expect(found).toMatchObject({ language, text: asked.text });
  },
);

test("reads another Latin language as English unless asked, and says so", async () => {
  const result = await readFixture("fra.png");
  expect(result.language).toBeNull();
  expect(result.raw.warnings).toEqual([
    {
      code: "wrong_language_suspected",
      message:
        "The text seems to be in another language. Name it in the field language. It looks like fra.",
    },
  ]);
});

test("never reads against the caller's wish, and says what it looks like", async () => {
  const result = await readFixture("rus.png", ["deu"]);
  expect(result.language).toBe("deu");
  expect(result.raw.warnings.at(-1)?.message).toContain("It looks like rus.");
});

test.each(["page.png", "bookscan.png", "small.png", "columns.png", "dark-table.png", "table.png"])(
  "an English page stays English: %s",
  async (name) => {
    expect(await readFixture(name)).toMatchObject({ language: null });
    expect(await readFixture(name, ["auto"])).toMatchObject({ language: "eng" });
  },
);

test("reads a page in two scripts in both", async () => {
  const result = await readFixture("two-scripts.png");
  expect(result.language).toBe("rus+eng");
  expect(result.text).toContain("Yesterday evening we came back late from the\nvillage.");
  expect(result.text).toContain("Вчера вечером мы вернулись из деревни поздно.");
  expect(warningsIn(result)).toEqual(["mixed_scripts"]);
  expect(warningsIn(await readFixture("two-scripts.png", ["rus", "eng"]))).toEqual([]);
});

test("tells a language by its small words, and nothing where there are few", () => {
  expect(languageOfWords("Le chat est dans la maison avec les enfants")).toBe("fra");
  expect(languageOfWords("Der Hund ist nicht im Haus und die Katze auch")).toBe("deu");
  expect(languageOfWords("Cinnamon bun und Sourdough loaf")).toBeUndefined();
  const list = "Milch Brot Butter Mehl Zucker Salz Pfeffer ".repeat(4);
  expect(languageOfWords(`${list} der und das`)).toBeUndefined();
});

test("takes auto alone, and no other language beside it", async () => {
  const { tessdataDir } = config().ocr;
  expect(await parseLanguages(" AUTO ", tessdataDir)).toEqual(["auto"]);
  await expect(parseLanguages("auto+eng", tessdataDir)).rejects.toMatchObject({
    code: "language.unknown",
  });
});
