// SPDX-License-Identifier: MIT
// Requests that nobody means well with, made from a number and the same each
// time: any method, path, header, encoding, cookie and body. And what must hold
// of every answer to them:
//   it comes, and is no failure of ours (5xx; 501 and 505 say that the protocol
//   is not spoken);
//   nothing of the request stands in it as markup, or as a header;
//   nothing of a record that is hidden from who asks stands in it.
import { connect } from 'node:net';

// mulberry32: numbers from 0 to 1.
function numbersOf(seed) {
    let a = seed >>> 0;
    return () => {
        a = (a + 0x6D2B79F5) >>> 0;
        let t = Math.imul(a ^ (a >>> 15), 1 | a);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
}

const markup = `<zq'"&>`;
const oddities = [markup, encodeURIComponent(markup), '%3Czq%20onload%3D%22%3E',
    '..', '%2e%2e', '..%2f..%2f', '%2F', '%252F', '%00', '%0d%0aX-Zq:%201',
    '%0aX-Zq:1', '%ff', '%c0%ae', '%ed%a0%80', '%f4%90%80%80', '%', '%2', '%zz',
    '\\', '//', ';', '?', '#', '&', '=', '+', ' ', '\t', '*', '"', '-1', '0',
    '1e9', '99999999999999999999', 'NaN', '%D0%B0%D0%B1', 'а', '\xff\xfe', '~',
    'access.sqlite', 'tefter.conf', '/etc/passwd', 'javascript:alert(1)',
    '//evil.example', '${7*7}', '{{7*7}}', "' OR 1=1 --", '[frob]', '<!--',
    ']]>', '&lt;', 'NEAR/3', 'OR', '(((', '"a b', 'r03', 'h01', 'full', 'max',
    'pct:50', '!200,200', '^max', '0,0,1,1', 'default.jpg', 'gray.png'];
const paths = ['/', '/suggest', '/volumes', '/volumes/collection.json', '/oai',
    '/sru', '/sitemap.xml', '/robots.txt', '/batches', '/batch/x',
    '/batch/x/picture/0001.jpg', '/account', '/account/statement',
    '/account/pay', '/gateway/epay', '/audit', '/audit/person', '/rights',
    '/organisation', '/organisation/add', '/code', '/second-factor',
    '/account/session', '/ground', '/login',
    '/login/certificate', '/logout', '/viewer/access', '/viewer/token',
    '/viewer/logout', '/static/style.css', '/static/viewer.js', '/search.cgi',
    '/volume/VOLUME', '/volume/VOLUME/manifest.json',
    '/volume/VOLUME/find.json', '/volume/VOLUME/mets.xml', '/page/PAGE',
    '/page/PAGE/boxes', '/page/PAGE/form', '/page/PAGE/open',
    '/page/PAGE/alto.xml', '/page/PAGE/row/r01', '/page/PAGE/row/r01/open',
    '/iiif/ITEM', '/iiif/ITEM/info.json', '/iiif/ITEM/probe',
    '/iiif/ITEM/full/!200,200/0/default.jpg',
    '/iiif/ITEM/0,0,256,256/256,256/0/default.jpg'];
const names = ['q', 'page', 'lang', 'format', 'series', 'site', 'from', 'to',
    'order', 'verb', 'metadataPrefix', 'operation', 'query', 'version',
    'resumptionToken', 'startRecord', 'maximumRecords', 'back', 'csrf', 'code',
    'identifier', 'month', 'origin', 'messageId', 'cents', 'ground', 'case',
    'who', 'about', 'since', 'kind', 'person', 'mode', 'volume'];
const values = ['ListRecords', 'ListIdentifiers', 'GetRecord', 'Identify',
    'oai_dc', 'searchRetrieve', 'explain', '1.2', 'json', 'csv', 'html', 'bg',
    'en', 'technical', 'family-register', 'cql.anywhere=a or dc.date>1900',
    'https://viewer.example', 'http://127.0.0.1'];
const headers = ['Accept', 'Accept-Language', 'Accept-Encoding', 'Cookie',
    'Authorization', 'If-None-Match', 'If-Modified-Since', 'Range', 'Origin',
    'Referer', 'Content-Type', 'Content-Encoding', 'Tefter-Ground',
    'Tefter-Case', 'X-Forwarded-For', 'X-Forwarded-Host', 'X-Original-URL',
    'X-Rewrite-URL', 'X-HTTP-Method-Override', 'SSL-Client-Verify', 'Proxy',
    'Forwarded', 'Expect', 'Upgrade', 'Via', 'Content-Length'];
const headerValues = ['*/*', 'text/html', 'application/json', 'bg, en;q=0.5',
    'gzip, br', 'tefter_session=0123', 'tefter_lang=en', 'tefter_form=01; a=b',
    'Bearer tefter-0123', 'Basic YTpi', 'Bearer ', '*', '"0123"', 'W/"x"',
    'bytes=0-', 'bytes=-1,0-0', 'null', 'https://evil.example', 'SUCCESS',
    'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x',
    '100-continue', 'h2c', 'notarial-case', '7/2026', '127.0.0.1'];
const methods = ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND',
    'get', 'Xy'];

// One request, as bytes; incomplete: it promises more than it sends.
export function makeRequest(random, { volumes, cookie }) {
    const pick = (list) => list[Math.floor(random() * list.length)];
    const some = (share) => random() < share;
    const odd = () => pick(oddities);
    const longText = () => pick(['a', '%41', markup, 'а', 'a b ', '"', '(', '%'])
        .repeat(pick([300, 5000, 30000, 100000]));
    const value = () => {
        let text = some(0.5) ? pick(values) : odd();
        while (some(0.3)) text += odd();
        return some(0.02) ? longText() : text;
    };
    const pairs = (most) => Array.from({ length: Math.floor(random() * most) },
        () => `${some(0.9) ? pick(names) : odd()}=${value()}`).join('&');
    const volume = pick(volumes);
    const page = `${volume}/${pick(['0001', '0002', '9999', '1', 'x'])}`;
    let path = pick(paths).replace('VOLUME', volume).replace('PAGE', page)
        .replace('ITEM', encodeURIComponent(page + pick(['', '', '/r01', '/h01'])));
    while (some(0.25)) {
        const at = Math.floor(random() * path.length);
        path = path.slice(0, at) + odd() + path.slice(at + (some(0.5) ? 1 : 0));
    }
    if (some(0.6)) path += `?${some(0.01) ? pairs(400) : pairs(5)}`;
    if (!some(0.02)) path = path.replace(/[ \t\r\n]/g, '%20');
    const method = some(0.7) ? 'GET'
        : some(0.6) ? pick(['POST', 'HEAD']) : pick(methods);
    const lines = [`${method} ${path} HTTP/1.${some(0.95) ? 1 : 0}`];
    if (!some(0.02)) lines.push(`Host: ${some(0.9) ? 'localhost' : odd()}`);
    if (cookie && some(0.3)) lines.push(`Cookie: ${cookie}`);
    while (some(0.5)) {
        const text = some(0.7) ? pick(headerValues)
            : some(0.02) ? longText() : odd() + odd();
        lines.push(`${pick(headers)}: ${text}`);
    }
    let body = '', incomplete = false;
    if (method === 'POST' || some(0.05)) {
        body = some(0.8) ? pairs(6) : some(0.5) ? longText() : odd() + odd();
        lines.push(`Content-Type: ${some(0.9)
            ? 'application/x-www-form-urlencoded' : pick(headerValues)}`);
        if (some(0.05)) {
            lines.push('Transfer-Encoding: chunked');
            body = some(0.5) ? `5\r\nq=abc\r\n0\r\n\r\n` : odd();
        } else if (some(0.95)) {
            incomplete = some(0.03);
            lines.push(`Content-Length: ${Buffer.byteLength(body, 'latin1') +
                (incomplete ? 10 : 0)}`);
        }
    }
    lines.push('Connection: close', '', '');
    const bytes = Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'),
        Buffer.from(body, 'latin1')]);
    // A header that came to be two, or a length that is wrong, may mean that
    // the server waits for what does not come.
    const lengths = lines.filter((l) => /^(Content-Length|Transfer-E)/.test(l));
    return { bytes, incomplete: incomplete || lengths.length > 1 ||
        body.length > 0 || lines.some((l) => /^(Upgrade|Expect)/.test(l)) };
}

// All that comes back until the server closes; null when nothing does.
export function send(port, { bytes, incomplete }) {
    return new Promise((resolve) => {
        const parts = [];
        const socket = connect(port, '127.0.0.1', () => {
            socket.write(bytes);
            if (incomplete) socket.setTimeout(3000, () => socket.destroy());
            else socket.setTimeout(30_000, () => socket.destroy());
        });
        const done = () => resolve(parts.length === 0 ? null
            : Buffer.concat(parts));
        socket.on('data', (d) => parts.push(d));
        socket.on('close', done);
        socket.on('error', () => {});
    });
}

// What is wrong with the answer, in words; '' nothing.
export function faultOf(answer, request, hidden) {
    if (answer === null) return request.incomplete ? '' : 'no answer';
    const text = answer.toString('latin1');
    const all = answer.toString('utf8');
    const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1] ?? 0);
    const head = text.split('\r\n\r\n', 1)[0];
    if (status === 0) return 'no status';
    if (status >= 500 && status !== 501 && status !== 505)
        return `status ${status}`;
    if (/^x-zq:/im.test(head)) return 'a header of the request';
    if (/content-type: (text\/html|application\/xml|image\/svg)/i.test(head) &&
        /<zq[^a-z;]/i.test(text)) return 'markup of the request';
    const told = hidden.find((word) => all.includes(word));
    return told ? `tells of a hidden record: ${told}` : '';
}

// count requests, so many at a time: { faults, statuses }.
export async function storm(port, { count, seed, volumes, cookie, hidden,
    atOnce = 16, say = () => {} }) {
    const faults = [], statuses = {};
    let next = 0;
    const worker = async () => {
        while (next < count && faults.length < 20) {
            const n = next++;
            const request = makeRequest(numbersOf(seed * 1_000_003 + n),
                { volumes, cookie });
            const answer = await send(port, request);
            const fault = faultOf(answer, request, hidden);
            const status = answer?.toString('latin1', 9, 12) ?? 'none';
            statuses[status] = (statuses[status] ?? 0) + 1;
            if (fault) {
                faults.push({ n, fault,
                    request: request.bytes.toString('latin1').slice(0, 500),
                    answer: answer?.toString('utf8').slice(0, 300) });
            }
            if (n % 10_000 === 9_999) say(`${n + 1} requests`);
        }
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    return { faults, statuses };
}
