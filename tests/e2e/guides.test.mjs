// SPDX-License-Identifier: MIT
// What the guides for readers and clerks say stands on the screen does stand
// there, word for word, and their pictures are there, and small.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from './tefter.mjs';

const docs = join(root, 'docs');
const words = readFileSync(join(root, 'search-cgi/po/bg.po'), 'utf8');
const guides = [['reader.md', 'en'], ['clerk.md', 'en'], ['reader.bg.md', 'bg'],
    ['clerk.bg.md', 'bg']];

// All texts of the interface in that language.
function interfaceTexts(lang) {
    const key = lang === 'en' ? 'msgid(?:_plural)?' : 'msgstr(?:\\[\\d\\])?';

    return new Set([...words.matchAll(new RegExp(`^${key} "(.+)"$`, 'gmu'))]
        .map((m) => m[1].replaceAll('\\"', '"')));
}

for (const [guide, lang] of guides) {
    test(`${guide} calls things as the page does`, () => {
        const texts = interfaceTexts(lang);
        // "What is in **bold** stands so on the page."
        const named = [...readFileSync(join(docs, guide), 'utf8')
            .matchAll(/\*\*(.+?)\*\*/gsu)].slice(1)
            .map((m) => m[1].replace(/\s+/gu, ' '));
        assert.ok(named.length > 15, `${named.length} texts`);
        assert.deepEqual(named.filter((text) => !texts.has(text)), []);
    });

    test(`${guide} has its pictures, in its language`, () => {
        const shown = [...readFileSync(join(docs, guide), 'utf8')
            .matchAll(/pictures\/([\w.-]+)/gu)].map((m) => m[1]);
        assert.ok(shown.length > 5, `${shown.length} pictures`);
        for (const picture of shown) {
            assert.match(picture, new RegExp(`-${lang}\\.jpg$`));
            assert.ok(statSync(join(docs, 'pictures', picture)).size < 150_000,
                `${picture} is too large`);
        }
    });
}

test('the pictures are small together, and each stands in some guide', () => {
    const texts = readdirSync(docs).filter((f) => f.endsWith('.md'))
        .map((f) => readFileSync(join(docs, f), 'utf8')).join();
    const pictures = readdirSync(join(docs, 'pictures'));
    const bytes = pictures.reduce((sum, f) =>
        sum + statSync(join(docs, 'pictures', f)).size, 0);

    assert.ok(bytes < 3_500_000, `${bytes} bytes`);
    assert.deepEqual(pictures.filter((f) => !texts.includes(`pictures/${f}`)),
        []);
});
