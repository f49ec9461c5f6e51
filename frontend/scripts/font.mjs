// Cuts the product's two font files out of Noto Sans SC (OFL-1.1), for `npm run build`.
//
//   node scripts/font.mjs                 make src/fonts/*.woff2, unless they are newer than their inputs
//   node scripts/font.mjs --add FILE…     add the characters of data files to fonts/characters.txt
//
// One file a weight without unicode-range, because MapLibre loads a sharded font's Latin part
// only and then draws Chinese in another face for good. A file holds ASCII, Latin-1, the symbols
// the pages use, all of GB 2312 (6,763 characters: the level-2 ones are in place names such as
// 浜 泾 崧) and fonts/characters.txt: whatever else stands in the names of the data we ship for.

import {mkdir, readFile, stat, writeFile} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import subsetFont from 'subset-font';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const listFile = join(root, 'fonts/characters.txt');
const outDir = join(root, 'src/fonts');
const fontPackage = dirname(createRequire(import.meta.url).resolve('@expo-google-fonts/noto-sans-sc/package.json'));

const weights = [
  {from: '400Regular/NotoSansSC_400Regular.ttf', to: 'yiping-sans-400.woff2'},
  {from: '600SemiBold/NotoSansSC_600SemiBold.ttf', to: 'yiping-sans-600.woff2'},
];

// Rows of GB 2312 that are wanted: punctuation (1), numbered signs (2), full-width forms (3),
// Greek (6) and the two levels of characters (16–55, 56–87).
const rows = [1, 2, 3, 6, ...Array.from({length: 72}, (_, i) => i + 16)];

function gb2312() {
  const decoder = new TextDecoder('gb18030');
  let text = '';
  for (const row of rows) {
    for (let cell = 1; cell <= 94; cell++) {
      text += decoder.decode(new Uint8Array([0xa0 + row, 0xa0 + cell]));
    }
  }
  return text;
}

function range(from, to) {
  return String.fromCodePoint(...Array.from({length: to - from + 1}, (_, i) => from + i));
}

async function characters() {
  const symbols = '–—‘’“”…·•×÷±≤≥≈←→↑↓↗⤢✓°²³µ㎡€©®™　';
  const extra = await readFile(listFile, 'utf8');
  return range(0x20, 0x7e) + range(0xa0, 0xff) + range(0x100, 0x17f) + symbols + gb2312() + extra;
}

async function modified(path) {
  try {
    return (await stat(path)).mtimeMs;
  } catch (error) {
    if (error.code === 'ENOENT') return 0;
    throw error;
  }
}

async function build() {
  const script = fileURLToPath(import.meta.url);
  const inputs = Math.max(await modified(script), await modified(listFile));
  await mkdir(outDir, {recursive: true});
  const text = await characters();
  for (const {from, to} of weights) {
    const target = join(outDir, to);
    if ((await modified(target)) > inputs) continue;
    const font = await subsetFont(await readFile(join(fontPackage, from)), text, {
      targetFormat: 'woff2',
      noHinting: true,
    });
    await writeFile(target, font);
    process.stdout.write(`${to}: ${new Set(text).size} characters asked for, ${Math.round(font.length / 1024)} kB\n`);
  }
}

async function add(files) {
  const known = new Set(range(0x20, 0x17f) + gb2312());
  const found = new Set(await readFile(listFile, 'utf8').catch(() => ''));
  for (const file of files) {
    for (const char of await readFile(file, 'utf8')) {
      if (/[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}]/u.test(char) && !known.has(char)) found.add(char);
    }
  }
  found.delete('\n');
  await mkdir(dirname(listFile), {recursive: true});
  await writeFile(listFile, `${[...found].sort().join('')}\n`);
  process.stdout.write(`fonts/characters.txt: ${found.size} characters\n`);
}

const [command, ...files] = process.argv.slice(2);
if (command === undefined) {
  await build();
} else if (command === '--add' && files.length > 0) {
  await add(files);
} else {
  process.stderr.write('usage: node scripts/font.mjs [--add FILE…]\n');
  process.exitCode = 2;
}
