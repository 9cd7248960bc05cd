// SPDX-License-Identifier: MIT
// Each role's main errand, from log-in to log-out, in both languages, by what
// is on the screen alone: nobody types an address. The pictures of docs/ are
// taken on the way.
//
//   PICTURES   folder for them (scripts/pictures: docs/pictures)
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeArchive, samples } from './tefter.mjs';
import {
    launch, openTab, screenshots, serve, viewerIsStill,
} from './web.mjs';

const pictures = process.env.PICTURES ?? screenshots;
const code = 'код за изпитание 2026';
const names = {
    operator: 'Оператор, Одесос', clerk: 'Деловодител', notary: 'Нотариус 736',
    bank: 'Банка, клон Варна', bailiff: 'Съдебен изпълнител 812',
    auditor: 'Длъжностно лице', admin: 'Администратор',
};
const wide = { viewport: { width: 1000, height: 640 } };
const phone = {
    viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true,
};
const register = 'odesos/family-register/1938-012';
const permits = 'primorski/technical/1962-005';
const offices = { bg: '121830616', en: '831661388' };
const branches = { bg: '103010004', en: '103010011' };

let run, server, browser, person, handedOut = {};

function done(...args) {
    const r = run(...args);
    assert.equal(r.status, 0, `${args.join(' ')}: ${r.stderr}`);
    return r.stdout;
}

const devices = {}; // secrets, by account

const account = (role, lang) => `${role}-${lang}`;

// Notaries get a code from the municipality, which they change.
function addAccounts(lang) {
    for (const [role, name] of Object.entries(names)) {
        const said = done('account', 'add', account(role, lang), '--role', role,
            '--name', name, '--document', 'Заповед РД-7/2026',
            ...(role === 'operator' ? ['--site', 'odesos'] : []),
            ...(role === 'notary' ? [] : ['--code', code]));
        handedOut[account(role, lang)] = said.match(/code (\S+)/)?.[1] ?? code;
    }
    done('organisation', 'add', offices[lang], '--role', 'notary', '--name',
        'Нотариална кантора 737', '--document', 'Заповед РД-8/2026');
    done('account', 'add', account('manager', lang), '--organisation',
        offices[lang], '--manager', '--name', 'Нотариус 737', '--code', code);
    handedOut[account('manager', lang)] = code;
    done('ledger', 'top-up', account('notary', lang), '3', 'TRF 77/26.11.2026');
    done('ledger', 'top-up', account('bank', lang), '20', 'TRF 78/26.11.2026');
    done('ledger', 'terms', account('bailiff', lang), 'exempt');
}

before(async () => {
    mkdirSync(pictures, { recursive: true });
    run = makeArchive({ after: (f) => process.on('exit', f) });
    done('digitize', samples);
    done('volume', 'publish', 'primorski/technical/1962-005');
    for (const lang of ['bg', 'en']) addAccounts(lang);
    done('price', 'set', 'notary', '*', '2');
    done('price', 'set', 'notary', 'family-register', '1.50', '--for', 'row');
    appendFileSync(join(run.dir, 'tefter.conf'),
        '\n[gateway]\nmerchant = D123456789\n');
    writeFileSync(join(run.dir, 'access.sqlite-gateway-secret'),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345\n', { mode: 0o600 });
    done('price', 'set', 'bank', '*', '2');
    done('price', 'set', 'bailiff', '*', '2');
    [person] = run('records', register, '--page', '2', '--json').json()
        .filter((r) => r.kind === 'person' && r.fields.name?.confidence > 80);
    server = await serve(run.dir);
    browser = await launch();
}, { timeout: 600_000 });

after(async () => {
    await browser?.close();
    await server?.stop();
});

// ---- what a person does ----------------------------------------------

async function follow(tab, selector) {
    await Promise.all([tab.waitForNavigation(), tab.click(selector)]);
}

async function show(tab, name) {
    await tab.waitForLoadState('networkidle');
    await tab.screenshot({ path: join(pictures, `${name}-${tab.lang}.jpg`),
        type: 'jpeg', quality: 36 });
}

async function open(lang, options = wide) {
    const tab = await openTab(browser, { locale: lang, ...options });
    tab.lang = lang;
    await tab.goto(`${server.address}/`);
    return tab;
}

// What the app on the device shows (RFC 6238), which is taken once.
function oneTimeCode(secret) {
    const bits = [...secret.trim()].map((c) =>
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2)
            .padStart(5, '0')).join('');
    const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
    const step = Buffer.alloc(8);
    step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
    const mac = createHmac('sha1', key).update(step).digest();
    const at = mac[19] & 15;
    return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000)
        .padStart(6, '0');
}

// @param look  called with each page on the way: "log-in", "code",
//              "second-factor", "ground"
async function logIn(tab, role, look = async () => {}) {
    const id = account(role, tab.lang);

    await follow(tab, '.reader a[href^="/login"]');
    await tab.fill('#identifier', id);
    await tab.fill('#code', handedOut[id]);
    await look('log-in');
    await follow(tab, 'form.card[action="/login"] button');
    if (await tab.locator('form[action="/code"]').count()) {
        await look('code');
        await tab.fill('[name=old]', handedOut[id]);
        await tab.fill('[name=new]', code);
        await tab.fill('[name=again]', code);
        await follow(tab, 'form[action="/code"] button');
        handedOut[id] = code;
    }
    if (await tab.locator('form[action="/second-factor"]').count()) {
        await look('second-factor');
        devices[id] = await tab.textContent('.secret');
        await tab.fill('#one-time', oneTimeCode(devices[id]));
        await follow(tab, 'form[action="/second-factor"] button');
    }
    if (await tab.locator('form[action="/ground"]').count()) {
        await tab.fill('#case', '123/2026');
        await look('ground');
        await follow(tab, 'form[action="/ground"] button');
    }
}

async function search(tab, words) {
    await tab.fill('#q', words);
    await Promise.all([tab.waitForNavigation(), tab.press('#q', 'Enter')]);
}

// Everything was said in this language, and nothing went wrong; behind the
// log-out there is nothing to see.
async function logOut(tab, forbidden) {
    assert.equal(await tab.getAttribute('html', 'lang'), tab.lang);
    await follow(tab, '.reader form[action="/logout"] button');
    assert.equal(await tab.locator('.reader a[href^="/login"]').count(), 1);
    const trouble = tab.trouble.filter((t) => !/\b402\b/.test(t));
    const answer = await tab.request.get(server.address + forbidden);
    assert.ok([403, 404].includes(answer.status()),
        `${forbidden}: ${answer.status()}`);
    assert.deepEqual(trouble, []);
    await tab.context().close();
}

const texts = {
    bg: { nothing: /Нищо не е намерено/u, offer: /1\.50 евро/u,
        counts: /важи/u },
    en: { nothing: /Nothing found/u, offer: /1\.50 euro/u, counts: /counts/u },
};

// ---- errands ---------------------------------------------------------

const errands = {
    async public(lang) {
        const tab = await open(lang);
        await show(tab, 'start');
        await search(tab, 'рибарско хранилище');
        await show(tab, 'hits-public');
        await follow(tab, '.hit-list h3 a');
        await viewerIsStill(tab);
        await show(tab, 'page-public');
        await takeVolume(tab);
        await follow(tab, '.path a[href="/volumes"]');
        assert.equal(await tab.locator('main tbody tr').count(), 1);
        await searchAgain(tab, 'xyzzy');
        assert.match(await tab.textContent('#total'), texts[lang].nothing);
        await show(tab, 'nothing-found');
        assert.deepEqual(tab.trouble, []);
        await tab.context().close();
    },

    async notary(lang) {
        const tab = await open(lang);
        await logIn(tab, 'notary', (name) => show(tab, name));
        await search(tab, person.fields.name.value);
        await show(tab, 'hits-notary');
        await follow(tab, '.hit-list h3 a');
        assert.match(await tab.textContent('main'), texts[lang].offer);
        await show(tab, 'price');
        await follow(tab, 'form[action$="/open"] button');
        await viewerIsStill(tab);
        assert.ok((await tab.textContent('.words'))
            .includes(person.fields.name.value.split(' ')[0]));
        assert.ok(await tab.evaluate(() => // the row itself, wide
            document.querySelector('.row-strip img').naturalWidth > 800));
        await show(tab, 'row');
        await follow(tab, '.path a:last-child');
        await follow(tab, '.cards li:nth-child(4) a'); // another row
        await follow(tab, 'form[action$="/open"] button');
        await follow(tab, '.path a:last-child');
        await follow(tab, '.cards li:nth-child(5) a'); // one too many
        assert.equal(await tab.locator('form[action$="/open"]').count(), 0);
        await show(tab, 'short');
        await follow(tab, '.reader a[href="/account"]');
        await show(tab, 'account');
        await follow(tab, 'form[action="/account/pay"] button');
        await show(tab, 'pay');
        await follow(tab, 'main a[href="/account"]');
        await follow(tab, 'form[action="/account/statement"] button:not([name])');
        assert.ok((await tab.textContent('main')).includes('-1.50'));
        await show(tab, 'statement');
        await logOut(tab, `/page/${register}/0002`);
    },

    async bank(lang) {
        const tab = await open(lang, phone);
        await logIn(tab, 'bank', async (name) => {
            if (name === 'ground') await show(tab, 'phone-ground');
        });
        await search(tab, 'наследство');
        await show(tab, 'phone-hits');
        await follow(tab, '.hit-list h3 a');
        await show(tab, 'phone-price');
        await follow(tab, 'form[action$="/open"] button');
        await viewerIsStill(tab);
        await show(tab, 'phone-page');
        assert.ok(await tab.evaluate(() => document.documentElement.scrollWidth
            <= window.innerWidth));
        await logOut(tab, '/page/primorski/local-tax/1979-107/0001');
    },

    async bailiff(lang) {
        const tab = await open(lang);
        await logIn(tab, 'bailiff');
        await follow(tab, 'nav a[href="/volumes"]');
        await follow(tab, `main a[href="/volume/${register}"]`);
        await follow(tab, `main a[href^="/page/${register}/0002"]`);
        await show(tab, 'rows');
        await follow(tab, '.cards a'); // the household, at no fee
        await viewerIsStill(tab);
        assert.ok(await tab.locator('.words dl').count() > 2);
        await logOut(tab, `/page/${register}/0002`);
    },

    async clerk(lang) {
        const tab = await open(lang);
        await logIn(tab, 'clerk');
        await tab.fill('#q', '');
        await tab.type('#q', 'Тодор', { delay: 30 });
        await tab.waitForFunction(() => document.querySelector('datalist option'));
        await search(tab, 'Петър Тодоров');
        await show(tab, 'hits-clerk');
        await follow(tab, '.hit-list h3 a');
        await viewerIsStill(tab);
        await show(tab, 'page-clerk');
        await tab.click('#viewer .to-hit');
        await viewerIsStill(tab);
        await show(tab, 'page-zoom');
        await tab.click('#viewer .tools [aria-pressed]');
        await tab.waitForSelector('.cells text', { state: 'attached' });
        await show(tab, 'page-cells');
        await keyRow(tab);
        await follow(tab, 'a[href^="/?q="]');
        await tab.selectOption('#match', 'fuzzy');
        await search(tab, 'Тодоров');
        assert.ok(await tab.locator('.hit-list > li').count() > 0);
        await follow(tab, 'nav a[href="/volumes"]');
        await show(tab, 'volumes');
        await follow(tab, `main a[href="/volume/${register}"]`);
        await show(tab, 'volume');
        await logOut(tab, `/page/${register}/0002`);
    },

    async manager(lang) {
        const tab = await open(lang);
        await logIn(tab, 'manager');
        await follow(tab, 'nav a[href="/organisation"]');
        await tab.fill('#identifier', `clerk-of-737-${lang}`);
        await tab.fill('#name', 'Помощник-нотариус');
        await follow(tab, 'form[action="/organisation/add"] button');
        assert.match(await tab.textContent('.notice strong'),
            /^(\w{4}-){3}\w{4}$/);
        assert.equal(await tab.locator('main tbody tr').count(), 2);
        await show(tab, 'users');
        await follow(tab, 'form[action="/organisation/remove"] button');
        assert.equal(await tab.locator('main tbody tr').count(), 1);
        await logOut(tab, '/organisation');
    },

    async operator(lang) {
        const tab = await open(lang);
        await logIn(tab, 'operator');
        await follow(tab, 'nav a[href="/batches"]');
        await follow(tab, 'main tbody a');
        await follow(tab, '.choice a:not([aria-current])');
        assert.ok(await tab.locator('.shot').count() > 0);
        await logOut(tab, '/batches');
    },

    async auditor(lang) {
        const tab = await open(lang);
        await logIn(tab, 'auditor');
        await follow(tab, 'nav a[href="/audit"]');
        await tab.fill('[name=who]', account('notary', lang));
        await follow(tab, 'form.filters button');
        assert.ok(await tab.locator('main tbody tr').count() > 3);
        await show(tab, 'audit');
        await follow(tab, 'a[href="/audit/person"]');
        await tab.fill('main form [name=q], main form [name=person]',
            person.fields.name.value);
        await follow(tab, 'main form button');
        assert.ok((await tab.textContent('main'))
            .includes(account('notary', lang)));
        await show(tab, 'person');
        await logOut(tab, '/audit');
    },

    async admin(lang) {
        const tab = await open(lang);
        await logIn(tab, 'admin');
        await follow(tab, 'nav a[href="/accounts"]');
        await tab.fill('#identifier', `new-${lang}`);
        await tab.fill('#name', 'Нотариус 738');
        await tab.selectOption('#chosen-role', 'notary');
        await follow(tab, 'form[action="/accounts/add"] button');
        assert.equal(await tab.locator('[role=alert]').count(), 1);
        tab.trouble = [];
        await tab.fill('#document', 'Заповед РД-8/2026');
        await follow(tab, 'form[action="/accounts/add"] button');
        assert.match(await tab.textContent('.secret'), /^(\w{4}-){3}\w{4}$/);
        await show(tab, 'account-added');
        await tab.fill('#reason', 'отписан');
        await follow(tab, 'form[action="/accounts/dismiss"] button');
        assert.equal(run('account', 'list', '--json').json().find((a) =>
            a.identifier === `new-${lang}`).role, 'none');
        await follow(tab, 'nav a[href="/accounts"]');
        await show(tab, 'accounts');
        await addOrganisation(tab);
        await follow(tab, 'nav a[href="/prices"]');
        await tab.selectOption('#chosen-role', 'bank');
        await tab.selectOption('#chosen-series', 'technical');
        await tab.fill('#sum', '1,20');
        await follow(tab, 'form[action="/prices/set"] button');
        assert.match(await tab.textContent('tbody tr'), texts[lang].counts);
        await show(tab, 'prices');
        await follow(tab, 'nav a[href="/rights"]');
        await show(tab, 'rights');
        await logOut(tab, '/accounts');
    },
};

// The volume of the page as PDF: it is being made, and then it is there. The
// lock is what one that is making another holds.
async function takeVolume(tab) {
    const dir = join(run.dir, 'cache/pdf');

    rmSync(dir, { recursive: true, force: true });
    mkdirSync(dir, { recursive: true });
    const maker = spawn('flock', [join(dir, '.lock'), 'sleep', '100'],
        { stdio: 'ignore', detached: true });
    await follow(tab, `.path a[href="/volume/${permits}"]`);
    await follow(tab, 'main a[href$="/volume.pdf"]');
    await show(tab, 'pdf');
    const ready = await tab.getAttribute('main a[href$="/volume.pdf"]', 'href');
    process.kill(-maker.pid);
    for (let i = 0; ; i++) {
        const answer = await tab.request.get(server.address + ready);
        if (answer.status() === 200) {
            assert.equal((await answer.body()).subarray(0, 5).toString(), '%PDF-');
            break;
        }
        assert.ok(answer.status() === 202 && i < 30, String(answer.status()));
    }
    await follow(tab, '.path a[href^="/volume/"]');
}

// By keyboard alone, from the page and back to it: the sex that the machine was
// not sure of, and a note.
async function keyRow(tab) {
    const back = tab.url();

    await follow(tab, `a.correct[href$="/${tab.lang === 'bg' ? 'r04' : 'r06'}"]`);
    await show(tab, 'correct');
    const sex = tab.locator('.keyed.doubtful input[type=text]').first();
    assert.equal(await sex.inputValue(), '1');
    await sex.focus();
    await tab.keyboard.press('Control+A');
    await tab.keyboard.type('м');
    await Promise.all([tab.waitForNavigation(), tab.keyboard.press('Enter')]);
    assert.match(tab.url(), /\/correct\/r0[57]\?entered=1&of=[46]$/);
    assert.equal(await tab.locator('[role=status]').count(), 1);
    await follow(tab, 'a[rel=prev]');
    assert.equal(await tab.locator('.keyed.doubtful').count(), 0);
    await follow(tab, '.path a:last-child');
    await viewerIsStill(tab);
    await Promise.all([tab.waitForNavigation(), tab.goto(back)]);
}

// A bank's branch, its manager, and the contract's end. Company numbers as good
// as any, by language.
async function addOrganisation(tab) {
    const id = branches[tab.lang];

    await follow(tab, 'nav.choice a[href="/organisations"]');
    await tab.fill('#identifier', id);
    await tab.fill('#name', 'Банка, клон Варна');
    await tab.selectOption('#chosen-role', 'bank');
    await tab.fill('#document', 'Договор 12/2026');
    await follow(tab, 'form[action="/organisations/add"] button');
    await follow(tab, 'main a[href^="/accounts?organisation="]');
    assert.equal(await tab.inputValue('#organisation'), id);
    await tab.fill('#identifier', `head-${tab.lang}`);
    await tab.fill('#name', 'Управител на клона');
    await tab.check('[name=manages]');
    await follow(tab, 'form[action="/accounts/add"] button');
    assert.match(await tab.textContent('.secret'), /^(\w{4}-){3}\w{4}$/);
    await follow(tab, '.path a[href="/accounts"]');
    await follow(tab, 'nav.choice a[href="/organisations"]');
    await show(tab, 'organisations');
    await follow(tab, `main a[href$="identifier=${id}"]`);
    await show(tab, 'organisation');
    await tab.fill('#reason', 'договорът изтече');
    await follow(tab, 'form[action="/organisations/dismiss"] button');
    assert.equal(await tab.locator('[role=status]').count(), 1);
    assert.equal(run('organisation', 'list', '--json').json()
        .find((o) => o.id === id).role, 'none');
    await tab.fill('#document', 'Анекс 1');
    await tab.selectOption('#chosen-role', 'bank');
    await follow(tab, 'form[action="/organisations/appoint"] button');
    assert.equal(await tab.locator('[role=status]').count(), 1);
}

// From a page that has no search field, by the way of the menu.
async function searchAgain(tab, words) {
    await follow(tab, 'nav a[href="/"]');
    await search(tab, words);
}

for (const lang of ['bg', 'en']) {
    describe(`in ${lang}`, () => {
        for (const [role, errand] of Object.entries(errands)) {
            test(role, { timeout: 120_000 }, () => errand(lang));
        }

        test('what is not there is said', async () => {
            const tab = await open(lang);
            const answer = await tab.goto(`${server.address}/page/${register}/0001`);
            assert.equal(answer.status(), 404);
            await show(tab, 'not-there');
            await tab.context().close();
        });

        test('a wrong code is refused in words', async () => {
            const tab = await open(lang);
            await follow(tab, '.reader a[href^="/login"]');
            await tab.fill('#identifier', `nobody-${lang}`);
            await tab.fill('#code', 'wrong');
            await follow(tab, 'form.card[action="/login"] button');
            assert.match(await tab.textContent('[role=alert]'),
                lang === 'bg' ? /\p{Script=Cyrillic}/u : /do not fit together/u);
            await show(tab, 'log-in-refused');
            await tab.context().close();
        });
    });
}
