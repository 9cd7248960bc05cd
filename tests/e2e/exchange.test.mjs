// SPDX-License-Identifier: MIT
// What leaves the archive and what comes into it: DIPs and PDF/A as a role may
// have them, and packages that other programs made.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
    chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, readdirSync,
    renameSync, rmSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { inflateSync } from 'node:zlib';
import { makeArchive, samples, tefter, tempDir, tinyScan } from './tefter.mjs';

const register = 'odesos/family-register/1938-012';
const technical = 'primorski/technical/1962-005';
const notary = ['--role', 'notary', '--ground', 'notarial-case', '--case', '7/2026'];
let run; // an archive with one page of a register, and two of a building file

before(() => {
    run = makeArchive({ after: (f) => process.on('exit', f) });
    const batch = join(run.dir, '..', 'batch');
    mkdirSync(batch);
    const names = ['1938-012-002.tif', '1962-005-001.tif', '1962-005-002.tif'];
    names.forEach((n) => copyFileSync(join(samples, n), join(batch, n)));
    const [head, ...rows] = readFileSync(join(samples, 'batch.csv'), 'utf8')
        .trim().split('\n');
    writeFileSync(join(batch, 'batch.csv'),
        [head, ...rows.filter((r) => names.some((n) => r.includes(n)))].join('\n') + '\n');
    const r = run('digitize', batch);
    assert.ok([0, 3].includes(r.status), r.stderr);
});

function tree(dir, below = '') {
    return readdirSync(join(dir, below), { withFileTypes: true }).flatMap((e) =>
        e.isDirectory() ? tree(dir, join(below, e.name)) : [join(below, e.name)]).sort();
}

function ok(r) {
    assert.equal(r.status, 0, r.stderr + r.stdout);
    return r;
}

// ---- PDF ----

// The file's objects: { dict, stream } by number; streams inflated.
function readPdf(path) {
    const text = readFileSync(path, 'latin1');
    const objects = new Map();
    for (const [, number, body] of text.matchAll(/\n(\d+) 0 obj\n([\s\S]*?)\nendobj(?=\n)/g)) {
        const at = body.indexOf('>>\nstream\n');
        const dict = at < 0 ? body : body.slice(0, at + 2);
        let stream = null;
        if (at >= 0) {
            const length = +/\/Length (\d+)/.exec(dict)[1];
            const raw = Buffer.from(body.slice(at + 10, at + 10 + length), 'latin1');
            assert.equal(body.slice(at + 10 + length), '\nendstream', `object ${number}`);
            stream = /\/Filter \/FlateDecode/.test(dict) && !/\/Predictor/.test(dict)
                ? inflateSync(raw) : raw;
        }
        objects.set(+number, { dict, stream });
    }
    return { text, objects };
}

// ISO 19005-2, 6.1: file structure.
function checkStructure({ text, objects }) {
    assert.match(text.slice(0, 15), /^%PDF-1\.7\n%[\x80-\xff]{4}\n/);
    assert.ok(text.endsWith('\n%%EOF\n'));
    const at = +/startxref\n(\d+)\n%%EOF\n$/.exec(text)[1];
    const [, size] = /^xref\n0 (\d+)\n0000000000 65535 f \n/.exec(text.slice(at));
    const rows = text.slice(at).split('\n').slice(3, 2 + +size);
    rows.forEach((row, i) => {
        assert.match(row, /^\d{10} 00000 n $/);
        assert.ok(text.startsWith(`${i + 1} 0 obj\n`, +row.slice(0, 10)), `object ${i + 1}`);
    });
    assert.equal(objects.size, +size - 1);
    assert.match(text, /\/ID \[<([0-9a-f]{32})> <\1>\] >>\nstartxref/);
    const words = [...objects.values()].map((o) => o.dict).join('\n');
    for (const not of [/\/Encrypt/, /\/JavaScript/, /\/JS\b/, /\/Launch/, /\/AA\b/,
        /\/OpenAction/, /\/LZWDecode/, /\/EmbeddedFiles/, /\/F \(/, /\/SMask/,
        /\/Group/, /\/CA\b/, /\/ca\b/, /\/BM\b/, /\/TR\b/, /\/Interpolate true/, /\/OPI/])
        assert.doesNotMatch(words, not);
}

const ref = (dict, key) => +new RegExp(`/${key} (\\d+) 0 R`).exec(dict)[1];

// 6.6.2, 6.7.3: XMP says what it is, as plain bytes; 6.2.3: one output intent.
function checkMetadata({ text, objects }) {
    const root = objects.get(ref(text.slice(text.lastIndexOf('trailer')), 'Root')).dict;
    const info = objects.get(ref(text.slice(text.lastIndexOf('trailer')), 'Info')).dict;
    const xmp = objects.get(ref(root, 'Metadata'));
    assert.doesNotMatch(xmp.dict, /\/Filter/);
    const xml = xmp.stream.toString('utf8');
    assert.match(xml, /^<\?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"\?>/);
    assert.match(xml, /<pdfaid:part>2<\/pdfaid:part>/);
    assert.match(xml, /<pdfaid:conformance>U<\/pdfaid:conformance>/);
    const [, date] = /<xmp:CreateDate>([^<]+)Z</.exec(xml);
    assert.ok(info.includes(`/CreationDate (D:${date.replace(/\D/g, '')}Z)`));
    const title = /\/Title <FEFF([0-9A-F]+)>/.exec(info)[1].match(/.{4}/g)
        .map((h) => String.fromCharCode(parseInt(h, 16))).join('');
    assert.ok(xml.includes(`<rdf:li xml:lang="x-default">${title}</rdf:li>`), title);
    assert.equal(root.match(/\/GTS_PDFA1/g).length, 1);
    const profile = objects.get(ref(root, 'DestOutputProfile'));
    assert.match(profile.dict, /\/N 3\b/);
    assert.equal(profile.stream.toString('latin1', 12, 20), 'mntrRGB ');
    assert.equal(profile.stream.toString('latin1', 36, 40), 'acsp');
    assert.equal(profile.stream.readUInt32BE(0), profile.stream.length);
    assert.ok(profile.stream[8] < 5);
}

// 6.2.11: the font is there, as wide as is said; each code has a glyph, and is
// a character.
function checkFont({ objects }) {
    const fonts = [...objects.values()].filter((o) => /\/Subtype \/Type0/.test(o.dict));
    assert.equal(fonts.length, 1);
    const cmap = objects.get(ref(fonts[0].dict, 'ToUnicode')).stream.toString('latin1');
    const descendant = objects.get(+/\/DescendantFonts \[(\d+) 0 R\]/.exec(fonts[0].dict)[1]).dict;
    const glyphs = objects.get(ref(descendant, 'CIDToGIDMap')).stream;
    const descriptor = objects.get(ref(descendant, 'FontDescriptor')).dict;
    const file = objects.get(ref(descriptor, 'FontFile2')).stream;
    const tables = new Map();
    for (let i = 0; i < file.readUInt16BE(4); i++)
        tables.set(file.toString('latin1', 12 + 16 * i, 16 + 16 * i),
            file.subarray(file.readUInt32BE(20 + 16 * i),
                file.readUInt32BE(20 + 16 * i) + file.readUInt32BE(24 + 16 * i)));
    assert.deepEqual([...tables.keys()].sort(),
        ['glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp']);
    assert.equal(tables.get('head').length, 54);
    assert.equal(tables.get('hhea').length, 36);
    assert.equal(tables.get('maxp').length, 32);
    assert.equal(tables.get('hmtx').readUInt16BE(0) / tables.get('head').readUInt16BE(18),
        +/\/DW (\d+)/.exec(descendant)[1] / 1000);
    const ranges = [...cmap.matchAll(/<(.{4})> <(.{4})> <(.{4})>/g)]
        .map((r) => r.slice(1).map((h) => parseInt(h, 16)));
    return (code) => {
        assert.notEqual(glyphs.readUInt16BE(2 * code), 0);
        assert.ok(glyphs.readUInt16BE(2 * code) < tables.get('maxp').readUInt16BE(4));
        const [from, , to] = ranges.find(([a, b]) => a <= code && code <= b);
        const unicode = to + code - from;
        assert.ok(![0, 0xFEFF, 0xFFFE].includes(unicode), code.toString(16));
        return String.fromCharCode(unicode);
    };
}

// Pictures in colours of the device; text that paints nothing. What stands there.
function checkPages({ objects }, character) {
    const pages = [...objects.values()].filter((o) => /\/Type \/Page\b/.test(o.dict));
    return pages.map(({ dict }) => {
        const [w, h] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(dict).slice(1).map(Number);
        assert.ok(w >= 3 && h >= 3 && w <= 14400 && h <= 14400);
        const picture = objects.get(ref(dict, 'Im')).dict;
        assert.match(picture, /\/ColorSpace \/Device(RGB|Gray)\b/);
        const content = objects.get(ref(dict, 'Contents')).stream.toString('latin1');
        for (const line of content.trim().split('\n'))
            assert.match(line, /^([-\d. ]+cm|q [-\d. ]+ cm \/Im Do Q|BT|3 Tr|ET|\/F [\d.]+ Tf [\d.]+ Tz [-\d. ]+ Tm <[0-9A-F]+> Tj)$/);
        return [...content.matchAll(/<([0-9A-F]+)> Tj/g)]
            .map(([, hex]) => hex.match(/.{4}/g).map((c) => character(parseInt(c, 16))).join(''))
            .join('');
    });
}

function checkPdf(path) {
    const pdf = readPdf(path);
    checkStructure(pdf);
    checkMetadata(pdf);
    return checkPages(pdf, checkFont(pdf));
}

function has(program) {
    return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

const words = (text) => text.split(/\s+/).filter((w) => w !== '');

describe('a PDF/A-2u', () => {
    test('is one by its rules, and holds every word that was read', (t) => {
        const out = join(tempDir(t), 'a.pdf');
        ok(run('export', technical, '--as', 'pdf', out));
        const pages = checkPdf(out);
        assert.equal(pages.length, 2);
        for (const [i, text] of pages.entries()) {
            const alto = run('page', 'show', `${technical}/000${i + 1}`, '--alto').stdout;
            const read = [...alto.matchAll(/<String [^>]*CONTENT="([^"]*)"/g)]
                .map((m) => m[1].replaceAll('&quot;', '"').replaceAll('&lt;', '<')
                    .replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
            assert.ok(read.length > 20);
            assert.deepEqual(words(text), read);
        }
    });

    test('is the same to the byte each time', (t) => {
        const dir = tempDir(t);
        ok(run('export', technical, '--as', 'pdf', join(dir, 'a.pdf')));
        ok(run('export', technical, '--as', 'pdf', join(dir, 'b.pdf')));
        assert.ok(readFileSync(join(dir, 'a.pdf')).equals(readFileSync(join(dir, 'b.pdf'))));
        assert.equal(run('export', technical, '--as', 'pdf', join(dir, 'b.pdf')).status, 1);
        assert.equal(run('export', technical, '--as', 'pdf', '--zip', join(dir, 'c')).status, 2);
        assert.deepEqual(tree(dir), ['a.pdf', 'b.pdf']);
    });

    test('is understood by other programs',
        { skip: has('qpdf') && has('pdffonts') ? false : 'no qpdf, or no poppler' }, (t) => {
            const out = join(tempDir(t), 'a.pdf');
            ok(run('export', register, '--as', 'pdf', out));
            execFileSync('qpdf', ['--check', out]);
            const fonts = execFileSync('pdffonts', [out], { encoding: 'utf8' });
            assert.match(fonts, /CID TrueType +Identity-H +yes no +yes/);
            const text = execFileSync('pdftotext', [out, '-'], { encoding: 'utf8' });
            assert.match(text, /Тодоров/);
        });
});

// ---- DIP ----

const dataOf = (dir) => tree(join(dir, 'representations/access/data'));

describe('an E-ARK DIP', () => {
    test('holds access copies and text, and is whole by CSIP and DIP rules', (t) => {
        const out = join(tempDir(t), 'dip');
        ok(run('export', register, '--as', 'dip', out));
        ok(tefter('verify', '--eark', out));
        assert.deepEqual(dataOf(out), ['0002.jpg', '0002.records.xml', '0002.xml']);
        const mets = readFileSync(join(out, 'METS.xml'), 'utf8');
        assert.match(mets, /OAISPACKAGETYPE="DIP"/);
        const alto = readFileSync(join(out, 'representations/access/data/0002.xml'), 'utf8');
        assert.equal(alto, run('page', 'show', `${register}/0002`, '--alto').stdout);
        // No master leaves with it.
        assert.equal(tree(out).filter((n) => n.endsWith('.tif')).length, 0);
    });

    test('is the same to the byte as tar and zip, each time', (t) => {
        const dir = tempDir(t);
        for (const form of ['--tar', '--zip']) {
            ok(run('export', register, '--as', 'dip', form, join(dir, `1${form}`)));
            ok(run('export', register, '--as', 'dip', form, join(dir, `2${form}`)));
            assert.ok(readFileSync(join(dir, `1${form}`))
                .equals(readFileSync(join(dir, `2${form}`))), form);
        }
    });

    test('gives the public what is published and open, and nothing else', (t) => {
        const dir = tempDir(t);
        for (const volume of [register, technical]) {
            const r = run('export', volume, '--as', 'dip', '--role', 'public', join(dir, 'x'));
            assert.equal(r.status, 1);
            assert.match(r.stderr, /may have nothing/);
        }
        ok(run('volume', 'publish', technical));
        ok(run('export', technical, '--as', 'dip', '--role', 'public', join(dir, 'x')));
        assert.equal(dataOf(join(dir, 'x')).filter((n) => /jpg|png/.test(n)).length, 2);
        ok(run('volume', 'withdraw', technical));
        assert.equal(run('export', technical, '--as', 'pdf', '--role', 'public',
            join(dir, 'y')).status, 1);
        assert.ok(!existsSync(join(dir, 'y')));
    });

    test('leaves closed pages out', (t) => {
        const dir = tempDir(t);
        const conf = join(run.dir, 'tefter.conf');
        const before = readFileSync(conf, 'utf8');
        t.after(() => {
            writeFileSync(conf, before);
            run('volume', 'withdraw', technical);
        });
        // Building files tell of persons now: nobody knows whose, so they are closed.
        ok(run('volume', 'publish', technical));
        writeFileSync(conf, `${before}\n[closure]\nseries = technical\n`);
        const r = run('export', technical, '--as', 'dip', '--role', 'public', join(dir, 'x'));
        assert.equal(r.status, 1, r.stdout);
        assert.match(r.stderr, /may have nothing/);
        // The office has them all the same.
        ok(run('export', technical, '--as', 'dip', '--role', 'clerk', join(dir, 'y')));
    });

    test('asks notaries for ground and case, and gives them rows alone', (t) => {
        const dir = tempDir(t);
        const row = `${register}/0002/r02`;
        assert.equal(run('export', row, '--as', 'dip', '--role', 'notary', join(dir, 'x')).status, 2);
        assert.equal(run('export', row, '--as', 'dip', '--role', 'notary', '--ground',
            'none', '--case', '7', join(dir, 'x')).status, 2);
        assert.equal(run('export', row, '--as', 'dip', '--role', 'notary', '--ground',
            'notarial-case', '--case', 'none', join(dir, 'x')).status, 2);
        assert.equal(run('export', `${register}/0002`, '--as', 'dip', ...notary, join(dir, 'x')).status, 1);
        assert.equal(run('export', `${register}/0002/r99`, '--as', 'dip', ...notary, join(dir, 'x')).status, 1);
        ok(run('export', row, '--as', 'dip', ...notary, join(dir, 'x')));
        ok(tefter('verify', '--eark', join(dir, 'x')));
        // No ALTO of the page, and of the records the person's and the household's.
        assert.deepEqual(dataOf(join(dir, 'x')), ['0002.jpg', '0002.records.xml']);
        const all = run('records', register, '--json').json();
        const own = all.find((r) => r.record === row);
        const other = all.find((r) => r.kind === 'person' && r.record !== row);
        const xml = readFileSync(join(dir, 'x/representations/access/data/0002.records.xml'), 'utf8');
        assert.ok(xml.includes(own.fields.name.text));
        assert.ok(!xml.includes(other.fields.name.text));
        ok(run('export', row, '--as', 'pdf', ...notary, join(dir, 'x.pdf')));
        const [text] = checkPdf(join(dir, 'x.pdf'));
        assert.ok(text.includes(words(own.fields.name.text)[0]));
        assert.ok(!words(text).includes(words(other.fields.name.text)[0]));
        // The picture: nearly all of it is white now.
        ok(run('export', `${register}/0002`, '--as', 'dip', join(dir, 'whole')));
        const size = (d) => readFileSync(join(dir, d, 'representations/access/data/0002.jpg')).length;
        assert.ok(size('x') < size('whole') / 2);
        const trail = run('audit', 'list', '--json').json();
        const [of, whole] = trail.filter((e) => e.kind === 'export').slice(-2);
        assert.equal(of.subject, row);
        assert.match(of.ground, /notarial-case 7\/2026/);
        // Of the archive's owner, too, who may have all.
        assert.equal(whole.subject, `${register}/0002`);
    });

    test('is for no role what holds everything', () => {
        assert.equal(run('export', register, '--role', 'clerk', '/nowhere/x').status, 2);
        assert.equal(run('export', register, '--as', 'ocfl', '--role', 'clerk', '/nowhere/x').status, 2);
        assert.equal(run('export', register, '--as', 'dip', '--role', 'king', '/nowhere/x').status, 2);
    });
});

// ---- people's entries and a second reading ----

describe('a correction and a second reading', () => {
    test('are versions of their own, and the reading leaves what was entered', (t) => {
        const other = join(tempDir(t), 'archive');
        cpSync(run.dir, other, { recursive: true });
        const at = (...args) => tefter('--archive', other, ...args);
        const row = `${register}/0002/r02`;
        const field = (name) => at('records', register, '--json').json()
            .find((r) => r.record === row).fields[name];
        assert.equal(at('correct', row, 'king=x').status, 2);
        assert.equal(at('correct', row).status, 2);
        assert.equal(at('correct', `${register}/0002/r99`, 'name=x').status, 1);
        ok(at('correct', '--by', 'clerk-2', row, 'name=Хаджи Крайчо Пробнишки',
            'birth_date=1.II.1871'));
        assert.match(ok(at('correct', '--by', 'clerk-2', row,
            'name=Хаджи Крайчо Пробнишки')).stdout, /says that already/);
        assert.equal(field('name').text, 'Хаджи Крайчо Пробнишки');
        assert.equal(field('name').origin, 'corrected');
        assert.equal(field('birth_date').value, '1871-02-01');
        assert.equal(at('search', '--json', 'Пробнишки').json().total, 1);
        ok(at('reread', register));
        assert.equal(field('name').text, 'Хаджи Крайчо Пробнишки');
        assert.equal(field('birth_date').value, '1871-02-01');
        // By English models the form is none that is known: rows are others.
        ok(at('reread', '--language', 'eng', register));
        assert.deepEqual(at('records', register, '--json').json()
            .flatMap((r) => Object.values(r.fields))
            .filter((f) => f.origin === 'corrected').map((f) => f.text).sort(),
        ['1.II.1871', 'Хаджи Крайчо Пробнишки']);
        assert.equal(at('search', '--json', 'Пробнишки').json().total, 1);
        assert.notEqual(at('page', 'show', `${register}/0002`, '--alto').stdout,
            run('page', 'show', `${register}/0002`, '--alto').stdout);
        ok(at('verify'));
        ok(at('export', register, join(other, 'bag')));
        const data = join(other, 'bag/data');
        const volume = JSON.parse(readFileSync(join(data, readdirSync(data)[0],
            'metadata/other/volume.json'), 'utf8'));
        assert.deepEqual(volume.amendments.map((a) => [a.version, a.kind, a.fields]),
            [[2, 'entry', 2], [3, 'reading', 2], [4, 'reading', 2]]);
        const premis = readFileSync(join(data, readdirSync(data)[0],
            'metadata/preservation/premis.xml'), 'utf8');
        assert.match(premis, /person:clerk-2/);
        ok(tefter('verify', '--eark', join(data, readdirSync(data)[0])));
        // And a catalogue made anew says the same.
        ok(at('reindex'));
        assert.equal(at('search', '--json', 'Пробнишки').json().total, 1);
        assert.equal(at('audit', 'list', '--json').json()
            .filter((e) => e.kind === 'correction').length, 1);
    });
});

describe('a second reading of a scan that is damaged', () => {
    test('is left out, and said', (t) => {
        const other = join(tempDir(t), 'archive');
        cpSync(run.dir, other, { recursive: true });
        const at = (...args) => tefter('--archive', other, ...args);
        const scans = tree(join(other, 'store'))
            .filter((f) => /master\/data\/.*\.tif$/.test(f));
        const text = at('page', 'show', `${register}/0002`, '--alto').stdout;
        for (const f of scans) {
            chmodSync(join(other, 'store', f), 0o644);
            copyFileSync(join(samples, '1957-034-001.tif'),
                join(other, 'store', f));
        }
        const r = at('reread', register);
        assert.notEqual(r.status, 0);
        assert.match(r.stderr, /0002 stays as it was: .* is not what was kept/);
        assert.equal(at('page', 'show', `${register}/0002`, '--alto').stdout, text);
    });
});

describe('people who enter something at the same time', () => {
    test('lose nothing, on one page either', async (t) => {
        const other = join(tempDir(t), 'archive');
        cpSync(run.dir, other, { recursive: true });
        const rows = tefter('--archive', other, 'records', register, '--json')
            .json().filter((r) => r.fields.name).slice(0, 3);
        assert.equal(rows.length, 3);
        await Promise.all(rows.flatMap((r, i) => ['a', 'b'].map((who) =>
            promisify(execFile)(process.env.TEFTER, ['--archive', other,
                'correct', '--by', who, r.record,
                who === 'a' ? `name=Име ${i}` : `notes=бележка ${i}`])
                .catch((e) => assert.match(e.stderr, /has no field 'notes'/)))));
        const now = tefter('--archive', other, 'records', register, '--json')
            .json();
        for (const [i, r] of rows.entries()) {
            const { fields } = now.find((n) => n.record === r.record);
            assert.equal(fields.name.text, `Име ${i}`);
            if (fields.notes) assert.equal(fields.notes.text, `бележка ${i}`);
        }
        ok(tefter('--archive', other, 'verify'));
    });
});

describe('a new scan of a page with entries', () => {
    test('keeps them, on their rows and with the places of the new scan', (t) => {
        const other = join(tempDir(t), 'archive');
        cpSync(run.dir, other, { recursive: true });
        const at = (...args) => tefter('--archive', other, ...args);
        const rows = () => at('records', register, '--json').json();
        const before = rows();
        const row = before.find((r) => r.record === `${register}/0002/r02`);
        ok(at('correct', '--by', 'clerk-2', row.record, 'name=Хаджи Крайчо Пробнишки'));
        // The same leaf, scanned again: other bytes.
        const scan = readFileSync(join(samples, '1938-012-002.tif'));
        const dpi = scan.indexOf(Buffer.from([0x2c, 1, 0, 0, 1, 0, 0, 0])); // 300/1
        assert.ok(dpi > 0);
        scan.writeUInt32LE(600, dpi);
        scan.writeUInt32LE(2, dpi + 4);
        writeFileSync(join(other, '..', 'again.tif'), scan);
        const r = at('digitize', '--replace', `${register}/0002`, join(other, '..', 'again.tif'));
        assert.ok([0, 3].includes(r.status), r.stderr);
        const after = rows().find((x) => x.record === row.record);
        assert.equal(after.fields.name.text, 'Хаджи Крайчо Пробнишки');
        assert.equal(after.fields.name.origin, 'corrected');
        assert.equal(after.fields.name.review, false);
        assert.deepEqual(after.fields.name.box, row.fields.name.box);
        assert.equal(rows().length, before.length);
        assert.equal(at('search', '--json', 'Пробнишки').json().total, 1);
        ok(at('verify'));
    });
});

describe('a series that the archive did not have', () => {
    test('is known to the rights when a volume of it comes in, or back with its store', (t) => {
        const [from, to, third] = [1, 2, 3].map(() => makeArchive(t));
        const dir = tempDir(t);
        mkdirSync(join(dir, 'scans/12'), { recursive: true });
        copyFileSync(join(samples, '1962-005-001.tif'), join(dir, 'scans/12/1.tif'));
        const r = from('digitize', '--site', 'odesos', '--series', 'newspapers', join(dir, 'scans'));
        assert.ok([0, 3].includes(r.status), r.stderr);
        const [volume] = from('volume', 'list', '--json').json();
        const word = from('page', 'show', `${volume.volume}/0001`, '--text').stdout
            .match(/[А-Яа-я]{7,}/)[0];
        const found = (at) => at('search', '--json', '--role', 'clerk', word).json().total;
        assert.equal(found(from), 1);
        for (const kind of ['ocfl', 'bag']) {
            ok(from('export', volume.volume, '--as', kind, join(dir, kind)));
            const at = kind === 'ocfl' ? to : makeArchive(t);
            ok(at('import', join(dir, kind)));
            assert.equal(found(at), 1, kind);
        }
        ok(from('replicate', join(dir, 'replica')));
        ok(third('verify', '--repair-from', join(dir, 'replica')));
        ok(third('reindex'));
        assert.equal(found(third), 1);
    });
});

// ---- what other programs made ----

const sha = (bytes, kind) => createHash(kind).update(bytes).digest('hex');

// An E-ARK SIP, made of a package of ours: another profile, one more agent, no
// record of the volume, and the pages in the order of METS, not of their names.
function makeSip(dir) {
    mkdirSync(dir, { recursive: true });
    ok(run('export', technical, join(dir, 'bag')));
    const top = readdirSync(join(dir, 'bag/data'))[0];
    const sip = join(dir, 'sip');
    renameSync(join(dir, 'bag/data', top), sip);
    rmSync(join(dir, 'bag'), { recursive: true });
    rmSync(join(sip, 'metadata/other'), { recursive: true });
    const change = (path, ...pairs) => {
        let text = readFileSync(path, 'utf8');
        for (const [from, to] of pairs) {
            assert.ok(text.match(from), `${path}: ${from}`);
            text = text.replace(from, to);
        }
        writeFileSync(path, text);
        return text;
    };
    const master = join(sip, 'representations/master/METS.xml');
    change(master, [/ORDER="1"/, 'ORDER="x"'], [/ORDER="2"/, 'ORDER="1"'], [/ORDER="x"/, 'ORDER="2"']);
    const bytes = readFileSync(master);
    change(join(sip, 'METS.xml'),
        [/earkdip.dilcis.eu\/profile\/E-ARK-AIP/, 'earksip.dilcis.eu/profile/E-ARK-SIP'],
        [/OAISPACKAGETYPE="AIP"/, 'OAISPACKAGETYPE="SIP"'],
        [/LABEL="[^"]*"/, 'LABEL="Преписка &quot;Кей&quot;, 1962"'],
        [/(<metsHdr[^>]*>)/, '$1<agent ROLE="CREATOR" TYPE="ORGANIZATION"><name>Archive of others</name></agent>'],
        [/<\/metsHdr>/, '<altRecordID TYPE="REFERENCECODE">Ф. 3, оп. 9</altRecordID></metsHdr>'],
        [/<dmdSec ID="dmd-volume"[\s\S]*?<\/dmdSec>/, ''], [/ dmd-volume"/, '"'],
        [/<techMD ID="amd-quality"[\s\S]*?<\/techMD>/, ''], [/"amd-quality /, '"'],
        [/(<file ID="mets-master"[^>]* SIZE=")\d+/, `$1${bytes.length}`],
        [/(<file ID="mets-master"[^>]* CHECKSUM=")[0-9a-f]+/, `$1${sha(bytes, 'sha256')}`]);
    return sip;
}

function makeBag(dir, files) {
    mkdirSync(join(dir, 'data'), { recursive: true });
    writeFileSync(join(dir, 'bagit.txt'),
        'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n');
    writeFileSync(join(dir, 'manifest-sha512.txt'), tree(join(dir, 'data')).map((n) =>
        `${sha(readFileSync(join(dir, 'data', n)), 'sha512')}  data/${n}\n`).join(''));
}

describe('what other programs made', () => {
    test('an E-ARK SIP comes in as a batch, in the order that its METS tells', (t) => {
        const dir = tempDir(t);
        const sip = makeSip(dir);
        ok(tefter('verify', '--eark', sip));
        const other = makeArchive(t);
        const r = other('import', '--site', 'topoli', '--series', 'technical', '--json', sip);
        ok(r);
        assert.equal(r.json().whole, true);
        assert.equal(r.json().imports[0].pages, 2);
        assert.equal(r.json().imports[0].new, true);
        const again = ok(other('import', '--site', 'topoli', '--series', 'technical', '--json', sip));
        assert.equal(again.json().imports[0].new, false);
        assert.ok([0, 3].includes(other('work').status));
        const [volume] = other('volume', 'list', '--json').json();
        assert.equal(volume.volume, 'topoli/technical/f.-3-op.-9');
        assert.equal(volume.title, 'Преписка "Кей", 1962');
        assert.equal(volume.shelfmark, 'Ф. 3, оп. 9');
        const pages = other('volume', 'show', volume.volume, '--json').json().pages;
        assert.deepEqual(pages.map((p) => p.original_name.replace(/.*\//, '')),
            ['0002.tif', '0001.tif']);
        ok(other('verify'));
        // The masters are those of the SIP, byte for byte.
        ok(other('export', volume.volume, join(dir, 'back')));
        const digests = (d) => tree(d).filter((n) => n.endsWith('.tif'))
            .map((n) => sha(readFileSync(join(d, n)), 'sha512')).sort();
        assert.deepEqual(digests(join(dir, 'back')), digests(sip));
    });

    test('of a SIP its METS, PREMIS and all beside its content are kept, byte for byte', (t) => {
        const dir = tempDir(t);
        const sip = makeSip(dir);
        // Names that are no URI, and a file that no METS lists.
        mkdirSync(join(sip, 'metadata/other'));
        writeFileSync(join(sip, 'metadata/other/опис & 100 %.txt'), 'както е предадено\n');
        writeFileSync(join(sip, 'metadata/other/empty'), '');
        const kept = tree(sip).filter((n) => !/^representations\/[^/]+\/data\//.test(n));
        assert.ok(kept.includes('metadata/preservation/premis.xml'));
        assert.ok(kept.includes('representations/master/METS.xml'));
        const other = makeArchive(t);
        ok(other('import', '--site', 'topoli', '--series', 'technical', sip));
        assert.ok([0, 3].includes(other('work').status));
        const volume = 'topoli/technical/f.-3-op.-9';
        ok(other('verify'));
        ok(other('export', volume, join(dir, 'out')));
        const top = join(dir, 'out/data', readdirSync(join(dir, 'out/data'))[0]);
        ok(tefter('verify', '--eark', top));
        const [batch] = readdirSync(join(top, 'metadata/other/submission'));
        const at = join(top, 'metadata/other/submission', batch);
        assert.deepEqual(tree(at), kept);
        for (const n of kept)
            assert.ok(readFileSync(join(at, n)).equals(readFileSync(join(sip, n))), n);
        // METS lists each, and PREMIS describes it and tells whence it is.
        const mets = readFileSync(join(top, 'METS.xml'), 'utf8');
        assert.equal(mets.match(/OTHERMDTYPE="SUBMISSION"/g).length, kept.length);
        assert.ok(mets.includes('%26%20100%20%25.txt"'));
        const premis = readFileSync(join(top, 'metadata/preservation/premis.xml'), 'utf8');
        assert.match(premis, />unpacking</);
        kept.forEach((n) => assert.ok(premis.includes(
            `<originalName>${n.replace('&', '&amp;')}</originalName>`), n));
        assert.ok(premis.includes(/OBJID="([^"]+)"/
            .exec(readFileSync(join(sip, 'METS.xml'), 'utf8'))[1]));
        // A later version has them still; another archive gives the same bytes back.
        writeFileSync(join(dir, 'more.tif'), tinyScan(77));
        ok(other('digitize', '--replace', `${volume}/0002`, join(dir, 'more.tif')));
        ok(other('verify'));
        ok(other('export', volume, join(dir, 'second')));
        const third = makeArchive(t);
        ok(third('import', join(dir, 'second')));
        ok(third('verify'));
        ok(third('export', volume, join(dir, 'third')));
        assert.deepEqual(tree(join(dir, 'third')), tree(join(dir, 'second')));
        for (const n of tree(join(dir, 'third')))
            assert.ok(readFileSync(join(dir, 'third', n))
                .equals(readFileSync(join(dir, 'second', n))), n);
        assert.ok(tree(join(dir, 'third')).some((n) => n.endsWith(`${batch}/METS.xml`)));
    });

    test('a SIP with a name that cannot be kept is refused, and why is said', (t) => {
        const dir = tempDir(t);
        const sip = makeSip(dir);
        mkdirSync(join(sip, 'metadata/other'));
        writeFileSync(join(sip, 'metadata/other/a\\b.txt'), 'x');
        const other = makeArchive(t);
        const r = other('import', '--site', 'topoli', '--series', 'technical', sip);
        assert.equal(r.status, 4);
        assert.match(r.stdout, /a\\b\.txt cannot be kept: a name in UTF-8.* IMP5\n/);
        assert.deepEqual(readdirSync(join(other.dir, 'staging')).filter((n) => !n.startsWith('.')), []);
    });

    test('of a SIP whose METS has no title the Dublin Core says it', (t) => {
        const dir = tempDir(t);
        const sip = makeSip(dir);
        const mets = join(sip, 'METS.xml');
        writeFileSync(mets, readFileSync(mets, 'utf8').replace(/ LABEL="[^"]*"/, ''));
        const [, title] = /<dc:title>([^<]+)</.exec(readFileSync(
            join(sip, 'metadata/descriptive/dc.xml'), 'utf8'));
        const other = makeArchive(t);
        ok(other('import', '--site', 'topoli', '--series', 'technical', sip));
        assert.ok([0, 3].includes(other('work').status));
        assert.deepEqual(other('volume', 'list', '--json').json().map((v) => v.title), [title]);
    });

    test('a SIP that comes again with other metadata is told, before and after it was read', (t) => {
        const dir = tempDir(t);
        const sip = makeSip(dir);
        const mets = join(sip, 'METS.xml');
        const was = readFileSync(mets, 'utf8');
        const other = makeArchive(t);
        const again = () => other('import', '--site', 'topoli', '--series', 'technical', '--json', sip);
        ok(again());
        for (const isRead of [false, true]) {
            if (isRead) assert.ok([0, 3].includes(other('work').status));
            writeFileSync(mets, was.replace('Archive of others', 'Archive of others, 2'));
            const r = again();
            assert.equal(r.status, 4, r.stdout);
            assert.deepEqual(r.json().faults.map((f) => f.code), ['IMP6']);
            writeFileSync(mets, was);
            assert.equal(ok(again()).json().imports[0].new, false);
        }
    });

    test('what is refused stops nothing else, and has its code', (t) => {
        const dir = tempDir(t);
        const other = makeArchive(t);
        ok(run('export', technical, join(dir, 'a')));
        ok(run('export', register, join(dir, 'b')));
        // The register again, with another history.
        const later = join(dir, 'later');
        cpSync(run.dir, later, { recursive: true });
        ok(tefter('--archive', later, 'correct', `${register}/0002/r02`, 'name=Име'));
        ok(tefter('--archive', later, 'export', register, join(dir, 'c')));
        const named = makeSip(join(dir, 's'));
        mkdirSync(join(named, 'metadata/other'));
        writeFileSync(join(named, 'metadata/other/a\\b.txt'), 'x');
        writeFileSync(join(dir, 'text.tar'), 'no tar');
        mkdirSync(join(dir, 'empty'));
        const r = other('import', '--json', join(dir, 'none'), join(dir, 'text.tar'),
            join(dir, 'b'), join(dir, 'c'), named, join(dir, 'empty'), join(dir, 'a'));
        assert.equal(r.status, 4, r.stderr);
        assert.deepEqual(r.json().faults.map((f) => f.code),
            ['IMP4', 'IMP4', 'IMP3', 'IMP5', 'IMP1']);
        assert.deepEqual(r.json().imports.map((i) => i.new),
            [false, false, true, false, false, false, true]);
        assert.deepEqual(other('volume', 'list', '--json').json().map((v) => v.volume).sort(),
            [register, technical].sort());
    });

    test('every fault of it is told by its code, and nothing comes in', (t) => {
        const dir = tempDir(t);
        const sip = makeSip(dir);
        const mets = join(sip, 'METS.xml');
        writeFileSync(mets, readFileSync(mets, 'utf8')
            .replace('TYPE="ORGANIZATION"', 'TYPE="OTHER" OTHERTYPE="CLUB"')
            .replace(/<altRecordID.*?<\/altRecordID>/, '')
            .replace('xlink:title="group-ocr"', ''));
        const scan = join(sip, 'representations/master/data/0001.tif');
        writeFileSync(scan, Buffer.concat([readFileSync(scan), Buffer.from('x')]));
        const bag = join(dir, 'bag');
        mkdirSync(join(bag, 'data'), { recursive: true });
        cpSync(sip, join(bag, 'data/sip'), { recursive: true });
        makeBag(bag);
        writeFileSync(join(bag, 'data/stray.txt'), 'x');
        const other = makeArchive(t);
        for (const from of [sip, bag]) {
            const r = other('import', '--site', 'topoli', '--series', 'technical', '--json', from);
            assert.equal(r.status, 4, r.stderr);
            const codes = r.json().faults.flatMap((f) => f.faults ?? [f]).map((f) => f.code);
            const wanted = from === sip ? ['SIP15', 'CSIP69', 'CSIP71', 'CSIP108'] : ['BAG7'];
            wanted.forEach((c) => assert.ok(codes.includes(c), `${c} of ${codes}`));
        }
        assert.deepEqual(readdirSync(join(other.dir, 'staging')), []);
        assert.deepEqual(tree(join(other.dir, 'store')).filter((n) => n.includes('inventory')), []);
        assert.deepEqual(readdirSync(join(other.dir, 'cache'))
            .filter((n) => n.startsWith('import-')), []);
    });

    test('a bag of scans comes in as a batch, also from a tar', (t) => {
        const dir = tempDir(t);
        const bag = join(dir, 'box-9');
        mkdirSync(join(bag, 'data/77'), { recursive: true });
        for (let i = 1; i <= 2; i++)
            writeFileSync(join(bag, `data/77/${i}.tif`), tinyScan(40 + i));
        makeBag(bag);
        execFileSync('tar', ['-C', dir, '-cf', join(dir, 'box-9.tar'), 'box-9']);
        const other = makeArchive(t);
        const r = other('import', '--site', 'topoli', '--series', 'technical', '--json',
            join(dir, 'box-9.tar'));
        assert.ok([0, 3].includes(r.status), r.stderr);
        assert.equal(r.json().imports[0].new, true);
        assert.ok([0, 3].includes(other('work').status));
        assert.deepEqual(other('volume', 'list', '--json').json().map((v) => v.volume),
            ['topoli/technical/77']);
        // A digest that is wrong: the whole bag stays out.
        const bad = join(dir, 'box-10');
        cpSync(bag, bad, { recursive: true });
        writeFileSync(join(bad, 'data/77/2.tif'), tinyScan(99));
        const refused = other('import', '--site', 'topoli', '--series', 'technical', bad);
        assert.equal(refused.status, 4);
        assert.match(refused.stdout, /BAG8/);
    });

    test('a package without scans is refused by IMP2', (t) => {
        const dir = tempDir(t);
        ok(run('export', technical, '--as', 'dip', join(dir, 'dip')));
        const r = makeArchive(t)('import', join(dir, 'dip'));
        assert.equal(r.status, 4);
        assert.match(r.stdout, /IMP2/);
    });
});
