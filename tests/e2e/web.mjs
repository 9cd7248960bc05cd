// SPDX-License-Identifier: MIT
// What tests of the web pages need: the real server over a digitized archive,
// a real browser, and an eye on everything that goes wrong in it.
//
//   SCREENSHOTS   folder for pictures to look at (build/screenshots)
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { program, root } from './tefter.mjs';

export const screenshots =
    process.env.SCREENSHOTS ?? join(root, 'build/screenshots');
export const code = 'код за изпитание 2026';

// Roles of the domain; "public" has no account.
export const roles = [
    'public', 'operator', 'clerk', 'notary', 'bank', 'bailiff', 'auditor',
    'admin',
];

// Most tests log in with a code alone: errands.test.mjs has the devices.
export function withoutSecondFactor(run, role) {
    const r = run('role', 'second-factor', role, 'optional');
    if (r.status !== 0) throw new Error(r.stderr);
}

export function addAccounts(run) {
    for (const role of roles.slice(1)) {
        withoutSecondFactor(run, role);
        const r = run('account', 'add', role, '--role', role, '--name',
            `Име ${role}`, '--site', 'odesos', '--code', code,
            '--document', 'Изпитание 1/2026');
        if (r.status !== 0) throw new Error(r.stderr);
    }
}

// A port that was free a moment ago.
function freePort() {
    return new Promise((resolve, reject) => {
        const s = createServer();
        s.once('error', reject);
        s.listen(0, '127.0.0.1', () => {
            const { port } = s.address();
            s.close(() => resolve(port));
        });
    });
}

async function answers(address) {
    try {
        return (await fetch(address)).status === 200;
    } catch {
        return false;
    }
}

// `tefter serve` in front: { address, stop() }.
export async function serve(archive, ...options) {
    const port = await freePort();
    const server = spawn(program, ['--archive', archive, 'serve', '--port',
        String(port), ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
    const address = `http://127.0.0.1:${port}`;
    let said = '';

    server.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
    for (let i = 0; i < 100; i++) {
        if (await answers(`${address}/login`)) {
            return { address, log: () => said, stop: () => stop(server) };
        }
        if (server.exitCode !== null) break;
        await new Promise((r) => setTimeout(r, 100));
    }
    server.kill('SIGKILL');
    throw new Error(`tefter serve does not answer: ${said}`);
}

function stop(server) {
    return new Promise((resolve) => {
        if (server.exitCode !== null) resolve();
        server.once('exit', resolve);
        server.kill('SIGTERM');
    });
}

export function launch() {
    mkdirSync(screenshots, { recursive: true });
    return chromium.launch({
        executablePath: '/usr/bin/chromium',
        args: ['--no-sandbox', '--disable-gpu',
            '--disable-background-networking'],
    });
}

// A tab in which nothing may go wrong unnoticed: tab.trouble lists answers of
// 400 and above, requests that failed, and what the console complains of.
export async function openTab(browser, options = {}) {
    const context = await browser.newContext({
        viewport: { width: 1280, height: 900 }, locale: 'bg', ...options,
    });
    const tab = await context.newPage();

    tab.trouble = [];
    tab.on('response', (r) => {
        if (r.status() >= 400) tab.trouble.push(`${r.status()} ${r.url()}`);
    });
    tab.on('requestfailed', (r) => {
        if (r.failure()?.errorText !== 'net::ERR_ABORTED') {
            tab.trouble.push(`failed ${r.url()}`);
        }
    });
    tab.on('console', (m) => {
        if (['error', 'warning'].includes(m.type())) tab.trouble.push(m.text());
    });
    tab.on('pageerror', (e) => tab.trouble.push(e.message));
    return tab;
}

// Through the log-in form, as a person does it.
export async function logIn(tab, address, role) {
    if (role === 'public') return;
    await tab.goto(`${address}/login`);
    await tab.fill('#identifier', role);
    await tab.fill('#code', code);
    await Promise.all([
        tab.waitForURL((url) => !url.pathname.startsWith('/login')),
        tab.click('form.card button[type=submit]'),
    ]);
    if (!new URL(tab.url()).pathname.startsWith('/ground')) return;
    await tab.fill('#case', '123/2026');
    await Promise.all([
        tab.waitForURL((url) => !url.pathname.startsWith('/ground')),
        tab.click('form.card button[type=submit]'),
    ]);
}

// An address asked for beside the page. The server closes a connection that was
// idle for some seconds; one taken up again at that moment is tried once more.
export function get(tab, address) {
    return tab.request.get(address, { maxRetries: 1 });
}

export async function picture(tab, name) {
    await tab.screenshot({ path: join(screenshots, `${name}.png`) });
}

// ---- the zoom ---------------------------------------------------------

// Until the page stands still on the screen, all tiles drawn.
export async function viewerIsStill(tab) {
    await tab.waitForSelector('#viewer[data-ready]');
    await tab.evaluate(() => { window.lastSeen = null; });
    await tab.waitForFunction(() => {
        const viewer = OpenSeadragon.getViewer(
            document.querySelector('#viewer .stage'));
        const item = viewer.world.getItemAt(0);
        const now = viewer.viewport.getBounds(true).toString() +
            viewer.viewport.getRotation(true);
        const same = window.lastSeen === now;

        window.lastSeen = now;
        return same && item && item.getFullyLoaded();
    }, null, { polling: 150 });
}

// Until it has zoomed in beyond this.
export async function zoomedBeyond(tab, zoom) {
    await tab.waitForFunction((z) => OpenSeadragon.getViewer(
        document.querySelector('#viewer .stage')).viewport.getZoom() > z, zoom);
    await viewerIsStill(tab);
}

export function zoomOf(tab) {
    return tab.evaluate(() => OpenSeadragon.getViewer(
        document.querySelector('#viewer .stage')).viewport.getZoom());
}

// The outlines: [{ box: [x, y, w, h] on the master, misread: whether it is of
// what may be a word asked for, misread, seen: where its rectangle
// is on the screen, due: where OpenSeadragon has those pixels }].
export function outlines(tab) {
    return tab.evaluate(() => {
        const stage = document.querySelector('#viewer .stage');
        const viewer = OpenSeadragon.getViewer(stage);
        const origin = stage.getBoundingClientRect();
        const screen = (x, y) => {
            const p = viewer.viewport.imageToViewerElementCoordinates(
                new OpenSeadragon.Point(x, y));
            if (viewer.viewport.getFlip()) p.x = origin.width - p.x;
            return [p.x + origin.x, p.y + origin.y];
        };
        return [...document.querySelectorAll('.boxes rect')].map((rect) => {
            const box = rect.dataset.box.split(',').map(Number);
            const [x, y, w, h] = box;
            const corners = [screen(x, y), screen(x + w, y),
                screen(x + w, y + h), screen(x, y + h)];
            const xs = corners.map((c) => c[0]);
            const ys = corners.map((c) => c[1]);
            const r = rect.getBoundingClientRect();
            return {
                box,
                misread: rect.classList.contains('misread'),
                scale: viewer.viewport.viewportToImageZoom(
                    viewer.viewport.getZoom(true)),
                seen: [r.left, r.top, r.right, r.bottom],
                due: [Math.min(...xs), Math.min(...ys), Math.max(...xs),
                    Math.max(...ys)],
            };
        });
    });
}

// How well the pixels that the canvas shows where a box should be agree with
// a part of the scan of the same size, fetched by itself and turned by the
// server: 1 is the same, 0 is chance.
export function likeness(tab, box, turn, part = box) {
    return tab.evaluate(async ({ box: [x, y, w, h], turn: deg, from }) => {
        const root = document.querySelector('#viewer');
        const stage = root.querySelector('.stage');
        const viewer = OpenSeadragon.getViewer(stage);
        const address = root.dataset.info.replace('info.json',
            `${from.join(',')}/max/${deg}/gray.png`);
        const image = await createImageBitmap(
            await (await fetch(address)).blob());
        const corner = (px, py) => viewer.viewport
            .imageToViewerElementCoordinates(new OpenSeadragon.Point(px, py));
        const a = corner(x, y);
        const b = corner(x + w, y + h);
        const density = OpenSeadragon.pixelDensityRatio;
        const left = Math.min(a.x, b.x) * density;
        const top = Math.min(a.y, b.y) * density;
        const width = Math.round(Math.abs(a.x - b.x) * density);
        const height = Math.round(Math.abs(a.y - b.y) * density);
        const grey = (source, ...from) => {
            const canvas = new OffscreenCanvas(width, height);
            const c = canvas.getContext('2d');
            c.drawImage(source, ...from, 0, 0, width, height);
            const d = c.getImageData(0, 0, width, height).data;
            return Array.from({ length: width * height },
                (_, i) => d[4 * i] + d[4 * i + 1] + d[4 * i + 2]);
        };
        const shown = grey(viewer.drawer.canvas, left, top, width, height);
        const due = grey(image, 0, 0, image.width, image.height);
        const mean = (v) => v.reduce((s, e) => s + e, 0) / v.length;
        const [ms, md] = [mean(shown), mean(due)];
        let both = 0, s2 = 0, d2 = 0;
        for (let i = 0; i < shown.length; i++) {
            both += (shown[i] - ms) * (due[i] - md);
            s2 += (shown[i] - ms) ** 2;
            d2 += (due[i] - md) ** 2;
        }
        return both / Math.sqrt(s2 * d2);
    }, { box, turn, from: part });
}
