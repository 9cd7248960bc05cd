// SPDX-License-Identifier: MIT
// What a picture costs here beside iipsrv: both behind the same nginx, one
// FastCGI process each, over the same pyramid, asked by wrk in turns; of each
// the best of several rounds. Started by scripts/bench-tiles.
import { execFileSync, spawn } from 'node:child_process';
import {
    mkdirSync, mkdtempSync, readFileSync, rmSync,
    writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root, sleep, tefter, until } from './tefter.mjs';

const searchCgi = process.env.SEARCH_CGI;
const share = join(dirname(searchCgi), '../share/tefter');
const rounds = Number(process.argv[2] ?? 5);
const seconds = Number(process.argv[3] ?? 3);
const lasts = Number(process.argv[4] ?? 60);
// So many that their tiles do not fit into the 10 MB which iipsrv keeps in
// memory: a reading room shows other pages all the time.
const pages = 3;
const volume = 'primorski/technical/1990-001';
const big = `${volume}/0001`;
const register = 'odesos/family-register/1938-012';
const children = [];
const dir = mkdtempSync(join(tmpdir(), 'tefter-tiles-'));
const at = (name) => join(dir, name);

function run(...args) {
    const r = tefter('--archive', at('archive'), ...args);
    if (![0, 3].includes(r.status)) throw new Error(r.stderr);
    return r.stdout;
}

// A page of colours and strokes, 4,200 x 4,200: 50 MB of pixels.
function bigScan(number) {
    const side = 4200, strip = side * side * 3;
    const tags = [[256, 4, side], [257, 4, side], [258, 3, 0], [259, 3, 1],
        [262, 3, 2], [273, 4, 8], [277, 3, 3], [278, 4, side],
        [279, 4, strip], [282, 5, 0], [283, 5, 0], [296, 3, 2]];
    const directory = 8 + strip, extra = directory + 2 + tags.length * 12 + 4;
    const b = Buffer.alloc(extra + 16, 0xf0);
    for (let y = 0, i = 8; y < side; y++) {
        for (let x = 0; x < side; x++, i += 3) {
            const ink = ((x * 7 + y * (12 + number)) % 61 < 9 && (y >> 5) % 3)
                ? 120 : 0;
            b[i] = 235 - ink - ((x ^ y) & 7);
            b[i + 1] = 225 - ink - ((x * y) & 7);
            b[i + 2] = 200 - (ink >> 1) - ((x + y) & 7);
        }
    }
    b.write('II*\0', 0, 'latin1');
    b.writeUInt32LE(directory, 4);
    b.writeUInt16LE(tags.length, directory);
    tags.forEach(([tag, type, value], n) => {
        const to = directory + 2 + 12 * n;
        b.writeUInt16LE(tag, to);
        b.writeUInt16LE(type, to + 2);
        b.writeUInt32LE(tag === 258 ? 3 : 1, to + 4);
        b.writeUInt32LE(tag === 258 ? extra : type === 5 ? extra + 8 : value,
            to + 8);
    });
    b.writeUInt32LE(0, extra - 4);
    for (let k = 0; k < 3; k++) b.writeUInt16LE(8, extra + 2 * k);
    b.writeUInt32LE(300, extra + 8);
    b.writeUInt32LE(1, extra + 12);
    return b;
}

function makeArchive() {
    const tefterInit = tefter('init', at('archive'));
    if (tefterInit.status !== 0) throw new Error(tefterInit.stderr);
    run('digitize', join(root, 'samples/batch'));
    mkdirSync(at('big'));
    let list = 'file,volume,page,series,site,title\n';
    for (let n = 1; n <= pages; n++) {
        writeFileSync(at(`big/${n}.tif`), bigScan(n));
        list += `${n}.tif,1990-001,${n},technical,primorski,Голям лист\n`;
    }
    writeFileSync(at('big/batch.csv'), list);
    run('digitize', at('big'));
    run('volume', 'publish', 'primorski/technical/1990-001');
    run('volume', 'publish', 'primorski/technical/1962-005');
    run('role', 'second-factor', 'notary', 'optional');
    run('account', 'add', 'notary', '--role', 'notary', '--name', 'Н',
        '--document', 'Н 1/2026', '--code', 'код за мерене 2026');
}

function freePort() {
    return new Promise((resolve) => {
        const s = createServer();
        s.listen(0, '127.0.0.1', () => {
            const { port } = s.address();
            s.close(() => resolve(port));
        });
    });
}

function start(file, args, env = {}) {
    const child = spawn(file, args, { env: { ...process.env, ...env },
        stdio: ['ignore', 'ignore', process.env.SAY ? 'inherit' : 'ignore'] });
    children.push(child);
    return child;
}

async function startServers() {
    const port = await freePort();
    const ours = { TEFTER_ARCHIVE: at('archive'), TEFTER_SHARE: share };
    const program = start('spawn-fcgi', ['-n', '-s', at('ours.sock'), '-M',
        '0666', '--', searchCgi], ours);
    const peer = start('spawn-fcgi', ['-n', '-s', at('peer.sock'), '-M', '0666',
        '--', '/usr/lib/iipimage-server/iipsrv.fcgi'],
    { LOGFILE: '/dev/null', VERBOSITY: '0', FILESYSTEM_PREFIX: at('pictures/') });
    // As many as a server starts, for many clients.
    for (const name of ['many.sock'])
        start('spawn-fcgi', ['-s', at(name), '-M', '0666', '-F', '4', '-P',
            at('pids'), '--', searchCgi], ours);
    writeFileSync(at('main.conf'), `daemon off; pid ${at('pid')};
        error_log ${at('error.log')}; worker_processes 1;
        ${process.getuid() === 0 ? 'user root;' : ''}
        events {} http { access_log off; client_body_temp_path ${at('b')};
        fastcgi_temp_path ${at('f')}; proxy_temp_path ${at('p')};
        uwsgi_temp_path ${at('u')}; scgi_temp_path ${at('s')};
        server { listen 127.0.0.1:${port}; merge_slashes off;
        fastcgi_param REQUEST_METHOD $request_method;
        fastcgi_param QUERY_STRING $query_string;
        fastcgi_buffers 64 16k;
        location = /peer { fastcgi_pass unix:${at('peer.sock')}; }
        location /many/ { rewrite ^ $request_uri;
            rewrite ^/many(/.*)$ $1 break;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param REQUEST_URI $uri$is_args$args;
            fastcgi_pass unix:${at('many.sock')}; }
        location / { fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param REQUEST_URI $request_uri;
            fastcgi_pass unix:${at('ours.sock')}; } } }`);
    start('/usr/sbin/nginx', ['-e', at('error.log'), '-c', at('main.conf')]);
    const address = `http://127.0.0.1:${port}`;
    await until('the servers answer', async () => {
        try {
            return (await fetch(`${address}/login`)).status === 200;
        } catch { return false; }
    }, 20);
    return { address, program, peer };
}

const cookieOf = (answer, name) => answer.headers.getSetCookie()
    .map((c) => c.split(';')[0]).find((c) => c.startsWith(`${name}=`));

async function logIn(address) {
    const post = async (path, cookie, fields) => fetch(`${address}${path}`, {
        method: 'POST', redirect: 'manual', headers: { Cookie: cookie },
        body: new URLSearchParams(fields) });
    const form = cookieOf(await fetch(`${address}/login`), 'tefter_form');
    const r = await post('/login', form, { csrf: form.split('=')[1],
        identifier: 'notary', code: 'код за мерене 2026' });
    const session = cookieOf(r, 'tefter_session');
    const html = await (await fetch(`${address}/ground`,
        { headers: { Cookie: session } })).text();
    await post('/ground', session, { ground: 'notarial-case', case: '7/2026',
        csrf: /name="csrf" value="([0-9a-f]+)"/.exec(html)[1] });
    return session;
}

// One load: { rps, p99_ms, errors }.
function load(address, paths, { clients = 1, cookie = '', time = seconds } = {}) {
    const file = at('load.lua');
    writeFileSync(file, `local paths = {${paths.map((p) => JSON.stringify(p))
        .join(',')}}
        local n, bad = 0, 0
        request = function() n = n + 1
            return wrk.format('GET', paths[(n - 1) % #paths + 1],
                {Cookie = ${JSON.stringify(cookie)}}) end
        response = function(status) if status ~= 200 then
            io.write('status ', status, '\\n') end end
        done = function(s, l) io.write(string.format('\\nresult %d %d %d %d\\n',
            s.requests, s.duration, l:percentile(99), s.errors.connect +
            s.errors.read + s.errors.write + s.errors.timeout)) end`);
    const out = execFileSync('wrk', ['-t1', `-c${clients}`, `-d${time}s`,
        '--timeout', '20s', '-s', file, address], { encoding: 'utf8' });
    const [, requests, us, p99, errors] =
        /result (\d+) (\d+) (\d+) (\d+)/.exec(out).map(Number);
    const statuses = out.match(/^status \d+/gm) ?? [];
    return { rps: requests / us * 1e6, p99_ms: p99 / 1000,
        errors: errors + statuses.length };
}

// Ours and the peer's in turns; the best of each.
function compare(address, ours, theirs, cookie) {
    const best = { ours: 0, theirs: 0 };
    let errors = 0;
    for (let i = 0; i < rounds; i++) {
        const a = load(address, ours, { cookie });
        const b = load(address, theirs);
        best.ours = Math.max(best.ours, a.rps);
        best.theirs = Math.max(best.theirs, b.rps);
        errors += a.errors + b.errors;
    }
    return { ...best, ratio: best.ours / best.theirs, errors };
}

const peakOf = (child) => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(
    `/proc/${child.pid}/status`, 'utf8'))[1]) / 1024;

// From here on it is measured anew (proc(5), clear_refs).
const forgetPeak = (child) => writeFileSync(`/proc/${child.pid}/clear_refs`, '5');

// Tiles of which something is shown: all others are the same white one.
async function notWhite(address, paths, cookie) {
    const seen = new Map();
    for (const path of paths) {
        const r = await fetch(address + path, { headers: { Cookie: cookie } });
        const body = Buffer.from(await r.arrayBuffer()).toString('latin1');
        seen.set(body, [...(seen.get(body) ?? []), path]);
    }
    return [...seen.values()].filter((same) => same.length === 1).flat();
}

// The newest pyramid, which iipsrv reads as it is: same pixels, same tiles.
function newestPyramid() {
    return execFileSync('sh', ['-c', 'find "$0" -type f -size +100k -printf ' +
        '"%T@ %p\\n" | sort -n | tail -1 | cut -d" " -f2-',
    at('archive/cache/pyramids')], { encoding: 'utf8' }).trim();
}

// A row or household of the register whose place is known.
async function findItem(address, cookie) {
    for (let page = 1; page <= 3; page++) {
        for (const part of ['h01', 'r01', 'r02', 'r03', 'r04', 'r05']) {
            const id = encodeURIComponent(`${register}/000${page}/${part}`);
            const r = await fetch(`${address}/iiif/${id}/info.json`,
                { headers: { Cookie: cookie } });
            if (r.status === 200) return { id, info: await r.json() };
        }
    }
    throw new Error('no row of the register is known');
}

function row(name, r, goal) {
    const reached = r.ratio >= goal ? 'reached' : 'not reached';
    console.log(`| ${name} | ${r.ours.toFixed(0)} | ${r.theirs.toFixed(0)} | ${
        r.ratio.toFixed(2)} | ${goal} | ${reached} | ${r.errors} |`);
}

async function main() {
    makeArchive();
    mkdirSync(at('pictures'));
    const { address, program } = await startServers();
    const id = encodeURIComponent(big);
    const ids = [];
    for (let n = 1; n <= pages; n++) {
        ids.push(encodeURIComponent(`${volume}/000${n}`));
        const r = await fetch(
            `${address}/iiif/${ids[n - 1]}/full/!100,100/0/default.jpg`);
        if (r.status !== 200) throw new Error(`page ${n}: ${r.status}`);
        await r.arrayBuffer();
        execFileSync('cp', [newestPyramid(), at(`pictures/${n}.tif`)]);
    }
    const info = await (await fetch(`${address}/iiif/${id}/info.json`)).json();
    const side = info.tiles[0].width;
    const grid = [];
    for (let y = 0; y + side <= info.height; y += side)
        for (let x = 0; x + side <= info.width; x += side)
            grid.push(`${x},${y},${side},${side}/${side},${side}/0/default.jpg`);
    const of = (list, path) => ids.flatMap((page, n) =>
        list.map((r) => path(r, n + 1, page)));
    const peer = (r, n = 1) => `/peer?IIIF=${n}.tif/${r}`;
    const own = (r, n, page) => `/iiif/${page}/${r}`;
    const check = await fetch(`${address}${peer(grid[0])}`);
    if (check.status !== 200) throw new Error(`iipsrv: ${check.status}`);
    const checkBytes = (await check.arrayBuffer()).byteLength;
    console.log(`${pages} pages of ${info.width} x ${info.height}, ${grid.length} tiles of ${
        side} px, iipsrv's of ${checkBytes} bytes.\n`);
    console.log('| requests a second | tefter | iipsrv | ratio | goal | | errors |');
    console.log('|---|---|---|---|---|---|---|');
    row('a tile, passed through', compare(address, of(grid, own),
        of(grid, peer)), 2.5);
    const cookie = await logIn(address);
    const item = await findItem(address, cookie);
    const masked = [];
    for (let y = 0; y + side <= item.info.height; y += side)
        for (let x = 0; x + side <= item.info.width; x += side)
            masked.push(`/iiif/${item.id}/${x},${y},${side},${side}/${side},${
                side}/0/default.jpg`);
    row('a tile of a masked page', compare(address, masked, of(grid, peer),
        cookie), 1.3);
    row('of these what is decoded, masked, encoded', compare(address,
        await notWhite(address, masked, cookie), of(grid, peer), cookie), 1.3);
    const regions = [];
    for (let i = 0; i < 60; i++)
        regions.push(`${137 * i % 2900},${211 * i % 2800},1201,1303/600,651/0/` +
            'default.jpg');
    const withLogIn = peakOf(program);
    forgetPeak(program);
    row('any region of 50 MB', compare(address, of(regions, own),
        of(regions, peer)), 1);
    console.log(`\nLargest size of ours at these regions ${
        peakOf(program).toFixed(1)} MiB, at the log-in, which hashes a code, ${
        withLogIn.toFixed(1)} MiB`);
    const mixed = ['/', '/?q=%D0%B2%D0%B0%D1%80%D0%BD%D0%B0', '/volumes',
        `/page/${big}`, '/volume/primorski/technical/1962-005/manifest.json',
        `/iiif/${id}/info.json`, ...grid.slice(0, 20).map((r) =>
            `/iiif/${id}/${r}`)].map((p) => `/many${p}`);
    const one = load(address, mixed, { time: 10 });
    const many = load(address, mixed, { clients: 32, time: lasts });
    console.log(`\n32 clients for ${lasts} s, mixed: ${many.rps.toFixed(0)} a second, p99 ${
        many.p99_ms.toFixed(1)} ms, errors ${many.errors}; one client: ${
        one.rps.toFixed(0)} a second, p99 ${one.p99_ms.toFixed(1)} ms; ratio ${
        (many.p99_ms / one.p99_ms).toFixed(1)} (goal 4)`);
}

try {
    await main();
} finally {
    for (const c of children) c.kill('SIGTERM');
    try {
        for (const pid of readFileSync(at('pids'), 'utf8').trim().split(/\s+/))
            process.kill(Number(pid), 'SIGTERM');
    } catch { /* they were not started */ }
    await sleep(300);
    rmSync(dir, { recursive: true, force: true });
}
