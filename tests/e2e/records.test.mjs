// SPDX-License-Identifier: MIT
// Forms and records: from the scan to the row that is found.
import assert from 'node:assert/strict';
import {
    cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeArchive, needShared, samples, shared, tefter, tempDir }
    from './tefter.mjs';

const volume = 'odesos/family-register/1938-012';

const digitized = (t) => {
    const run = makeArchive(t);
    const r = run('digitize', samples);
    assert.equal(r.status, 0, r.stderr);
    return run;
};

const named = (records, kind) => records.filter((r) => r.kind === kind);

test('rows become records, are kept, found, and the same after reindex',
    (t) => {
        const run = digitized(t);
        const records = run('records', volume, '--json').json();
        const [household] = named(records, 'household');
        const persons = named(records, 'person')
            .filter((r) => r.page === `${volume}/0002`);

        assert.equal(household.page, `${volume}/0002`);
        assert.equal(household.head, `${volume}/0002/r02`);
        assert.equal(persons.length, 6);
        assert.ok(persons.every((r) => r.in === household.record));
        assert.equal(persons[0].fields.relation.value, 'глава');
        assert.equal(persons[0].fields.name.text, 'Иванъ Петровъ Тодоровъ');
        assert.equal(persons[0].fields.name.value, 'Иван Петров Тодоров');
        assert.equal(persons[0].fields.birth_place.value, 'с. Аврен');
        assert.equal(persons[0].fields.name.origin, 'ocr');
        assert.equal(persons[0].fields.name.box.length, 4);
        assert.ok(persons.every((r) => Object.values(r.fields).every((f) =>
            f.confidence >= 0 && f.confidence <= 100)));
        // Of one page, and as text.
        assert.ok(run('records', volume, '--page', '3', '--json').json()
            .every((r) => r.page === `${volume}/0003`));
        assert.match(run('records', volume, '--page', '2').stdout,
            /\/r02\tperson\tfamily-register\tin r01\n/);
        assert.equal(run('records', volume, '--page', '99').status, 1);

        const find = () => run('search', 'фамилия:Тодоров', '--json').json();
        const hit = find().hits.find((h) => h.page === `${volume}/0002`);
        assert.match(hit.record, /\/0002\/r0\d$/);
        assert.equal(run('verify').status, 0);
        const before = find().hits.map((h) => [h.page, h.record]);
        assert.equal(run('reindex').status, 0);
        assert.deepEqual(find().hits.map((h) => [h.page, h.record]), before);

        // A property's owner, by name and by the year of what he owns.
        const tax = run('records', 'primorski/local-tax/1979-107', '--json')
            .json();
        const [owner] = named(tax, 'taxpayer');
        assert.equal(owner.form, 'building-tax');
        assert.equal(owner.fields.egn.value, '1111111110');
        assert.equal(owner.fields.assessment_total.value, '7730.50');
        assert.equal(named(tax, 'property')
            .filter((r) => r.in === owner.record).length, 5);
    });

test('records that are altered or lost are told', (t) => {
    const run = digitized(t);
    const files = readdirSync(join(run.dir, 'store'), { recursive: true })
        .filter((f) => f.endsWith('0002.records.xml'));
    assert.ok(files.length >= 1);
    const path = join(run.dir, 'store', files[0]);
    const text = readFileSync(path, 'utf8');
    assert.match(text, /^<\?xml.*\n<records xmlns="urn:tefter:records:1" page="/);
    writeFileSync(`${path}.new`, text.replace('confidence="', 'confidence="0'));
    cpSync(`${path}.new`, path, { force: true });
    assert.equal(run('verify').status, 4);
});

test('a form of the archive\'s own is read by, without a compiler', (t) => {
    const run = makeArchive(t);
    const dir = join(run.dir, 'forms');
    mkdirSync(dir);
    writeFileSync(join(dir, 'permit.xml'), `<?xml version="1.0"?>
<form xmlns="urn:tefter:form:1" id="permit" name="Разрешение">
  <title>РАЗРЕШЕНИЕ ЗА СТРОЕЖ</title>
  <page record="document">
    <label field="builder"><text>Възложител</text></label>
    <label field="number" type="number"><text>Номер</text></label>
    <label field="date" type="date"><text>Дата</text></label>
    <label field="address"><text>Адрес</text></label>
    <label field="quarter" type="number"><text>Квартал</text></label>
  </page>
</form>`);
    assert.equal(run('forms', 'check', dir).status, 0);
    assert.deepEqual(run('forms', 'list', '--json').json().map((f) => f.form),
        ['building-tax', 'family-register', 'household-book', 'permit',
            'property-tax']);
    assert.equal(run('digitize', samples).status, 0);
    const [permit] = named(
        run('records', 'primorski/technical/1962-005', '--json').json(),
        'document');
    assert.equal(permit.form, 'permit');
    assert.equal(permit.fields.date.value, '2002-05-17');
    assert.equal(permit.fields.number.value, '118');

    // One that is wrong stops the work, and says where.
    writeFileSync(join(dir, 'wrong.xml'), '<form/>');
    const r = run('forms', 'check');
    assert.equal(r.status, 2);
    assert.match(r.stderr, /wrong\.xml:1: /);
});

test('the picture shows the grid over the page', (t) => {
    const run = digitized(t);
    const dir = tempDir(t);
    const plain = join(dir, 'plain.png');
    const drawn = join(dir, 'drawn.png');
    const page = `${volume}/0002`;
    assert.equal(run('page', 'show', page, '--image', plain).status, 0);
    assert.equal(run('page', 'show', page, '--overlay', drawn).status, 0);
    const size = (f) => [16, 20].map((at) => readFileSync(f).readUInt32BE(at));
    assert.deepEqual(size(drawn), size(plain));
    assert.notDeepEqual(readFileSync(drawn), readFileSync(plain));
    assert.equal(run('page', 'show', page, '--overlay', join(dir, 'x.gif'))
        .status, 2);
    assert.ok(!existsSync(join(dir, 'x.gif')));
});

test('at least 99 % of the register pages\' rows are joined rightly',
    needShared, () => {
        const folder = join(shared, 'registers');
        const pages = readdirSync(folder)
            .filter((f) => /^(reg|tax|spr)\d+\.tif$/.test(f))
            .map((f) => join(folder, f));
        const r = tefter('bench', 'ocr', '--ours-only', '--json', ...pages);
        const { rows } = r.json().total.tefter;
        assert.ok(rows.rows > 100);
        assert.ok(rows.right >= 0.99 * rows.rows,
            `${rows.right} of ${rows.rows}`);
    });
