/* SPDX-License-Identifier: MIT */
/*
 * The zoom of a page: OpenSeadragon over the page's IIIF address. Without this
 * script the page holds a plain image, which is shown also when the zoom
 * cannot be.
 *
 *     <div id="viewer" data-info="/iiif/ID/info.json" data-boxes="/.../boxes"
 *          data-turn="90" data-skew="0.4" data-mirrored="false"
 *          data-stretch="1"
 *          data-image="/iiif/ID/full/..." data-alt="..." data-...>
 *       <noscript>...</noscript>
 *     </div>
 *
 * The picture is stored as it was scanned. To be looked at it is mirrored
 * left to right if data-mirrored says so, then turned clockwise by data-turn
 * and data-skew degrees. Its pixels are data-stretch times as high as wide
 * (those of a fax), and shown so: the page has its own shape. Boxes are in pixels of the stored picture. Texts of
 * buttons come in data attributes, so that they are in the page's language.
 */
(function () {
  'use strict';

  const SVG = 'http://www.w3.org/2000/svg';
  /* Lines on a field of 24 x 24. */
  const ICONS = {
    hit: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.2 15.2 20 20',
    zoomIn: 'M12 5v14M5 12h14',
    zoomOut: 'M5 12h14',
    home: 'M6 3h12v18H6z',
    form: 'M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14',
    turn: 'M19.5 13a7.5 7.5 0 1 1-2.3-6.4M17.5 2v5h-5',
    full: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  };
  /* What the view shows round a hit: times its short, times its long side. */
  const ROOM_OF_SHORT = 18;
  const ROOM_OF_LONG = 3;
  /* Pixels that differ by less are square to the eye, and to their maker. */
  const SQUARE = 0.02;
  const TILE_PX = 512;

  let stretch = 1;

  function svg(name, parent) {
    const node = document.createElementNS(SVG, name);
    parent.append(node);
    return node;
  }

  /* ---- how the page is turned -------------------------------------- */

  /* OpenSeadragon turns first and mirrors the result; we mean it the other
     way round, which is turning the other way first. */
  function setTurn(viewer, turn) {
    viewer.viewport.setRotation(turn.mirrored ? -turn.deg : turn.deg);
  }

  function readTurn(root) {
    const turn = Number(root.dataset.turn) || 0;
    const skew = Number(root.dataset.skew) || 0;
    return { deg: turn + skew, mirrored: root.dataset.mirrored === 'true' };
  }

  function readStretch(root) {
    const said = Number(root.dataset.stretch) || 1;
    return Math.abs(said - 1) > SQUARE ? said : 1;
  }

  /* Where a pixel of the stored picture is on the screen, in CSS pixels from
     the viewer's top left corner. */
  function toScreen(viewer, x, y) {
    const at = viewer.viewport.imageToViewerElementCoordinates(
      new OpenSeadragon.Point(x, y * stretch));
    if (viewer.viewport.getFlip()) {
      at.x = viewer.viewport.getContainerSize().x - at.x;
    }
    return at;
  }

  /* ---- boxes -------------------------------------------------------- */

  /* How thick an outline is, and how far from the word, in CSS pixels: a small
     word on a page that is seen whole must not vanish under it. */
  const OUTLINE_PX = 2;
  const THIN_OUTLINE_PX = 1;
  const SMALL_WORD_PX = 14;

  /* Round its box, at a distance that is the same on the screen at any zoom. */
  function fitRect(rect, scale) {
    const [x, y, w, h] = rect.dataset.box.split(',').map(Number);
    const thick = Math.min(w, h) * scale < SMALL_WORD_PX
      ? THIN_OUTLINE_PX : OUTLINE_PX;
    const margin = Math.max(h * 0.06, (thick / 2 + 1) / scale);

    rect.setAttribute('x', x - margin);
    rect.setAttribute('y', y - margin);
    rect.setAttribute('width', w + 2 * margin);
    rect.setAttribute('height', h + 2 * margin);
    rect.setAttribute('rx', margin);
    rect.style.setProperty('--outline', `${thick}px`);
  }

  /* One SVG over the picture, its unit the stored pixel: one matrix moves all
     boxes, however many there are. */
  function addMoving(viewer, name, fit) {
    const layer = svg('svg', viewer.canvas);
    const group = svg('g', layer);
    let fitted = 0;

    layer.setAttribute('class', name);
    layer.setAttribute('aria-hidden', 'true');
    function place() {
      const o = toScreen(viewer, 0, 0);
      const x = toScreen(viewer, 1000, 0);
      const y = toScreen(viewer, 0, 1000);
      group.setAttribute('transform', 'matrix(' + [
        (x.x - o.x) / 1000, (x.y - o.y) / 1000,
        (y.x - o.x) / 1000, (y.y - o.y) / 1000, o.x, o.y].join(' ') + ')');
      const scale = Math.hypot(x.x - o.x, x.y - o.y) / 1000;
      if (scale !== fitted) {
        fitted = scale;
        fit(group, scale);
      }
    }
    viewer.addHandler('update-viewport', place);
    viewer.addHandler('flip', place);
    place();
    return { layer, group, fit: () => fit(group, fitted) };
  }

  function addLayer(viewer) {
    const { group, fit } = addMoving(viewer, 'boxes', (all, scale) => {
      for (const rect of all.children) {
        fitRect(rect, scale);
      }
    });

    return (boxes, kind) => {
      for (const box of boxes) {
        const rect = svg('rect', group);
        rect.dataset.box = box.join(',');
        rect.setAttribute('class', kind);
      }
      fit();
    };
  }

  /* The lists of these names; the page is readable without them. */
  async function fetchLists(address, ...names) {
    let lists = {};
    try {
      const answer = address && await fetch(address, {
        headers: { Accept: 'application/json' },
      });
      lists = answer && answer.ok ? await answer.json() : {};
    } catch (e) { /* no network: no lists */ }
    return names.map((name) => lists[name] || []);
  }

  /* ---- the form's cells --------------------------------------------- */

  const SURE = 90;
  const DOUBTFUL = 75;
  /* Height of a label, of the cell's; and at most, in stored pixels. */
  const LABEL_SHARE = 0.22;
  const LABEL_MAX = 30;

  function cellClass(cell) {
    if (cell.state !== 'read') {
      return cell.state;
    }
    if (cell.confidence >= SURE) {
      return 'sure';
    }
    return cell.confidence >= DOUBTFUL ? 'doubtful' : 'unsure';
  }

  /* What a field says, and how sure that is, at the bottom of its cell, along
     the cell's own line. */
  function addLabel(group, cell, unread) {
    const [a, b, , d] = cell.points;
    const width = Math.hypot(b[0] - a[0], b[1] - a[1]);
    const height = Math.hypot(d[0] - a[0], d[1] - a[1]);
    const size = Math.min(height * LABEL_SHARE, LABEL_MAX);
    const ux = (b[0] - a[0]) / width;
    const uy = (b[1] - a[1]) / width;
    const label = svg('text', group);

    label.textContent = cell.fields.map((field) =>
      field.origin === 'unread' ? unread : `${field.text} ${field.confidence}%`)
      .join(' · ');
    label.setAttribute('font-size', size);
    label.setAttribute('transform',
      `matrix(${[ux, uy, -uy, ux, d[0], d[1]].join(' ')})`);
    label.setAttribute('x', size / 2);
    label.setAttribute('y', -size / 2);
    if (label.getComputedTextLength() > width - size) {
      label.setAttribute('textLength', width - size);
      label.setAttribute('lengthAdjust', 'spacingAndGlyphs');
    }
  }

  function addCells(viewer, cells, unread) {
    const { layer, group } = addMoving(viewer, 'cells', () => {});

    for (const cell of cells) {
      const shape = svg('polygon', group);

      shape.setAttribute('points', cell.points.map((p) => p.join()).join(' '));
      shape.setAttribute('class', cellClass(cell));
    }
    for (const cell of cells) {
      if (cell.fields.length > 0) {
        addLabel(group, cell, unread);
      }
    }
    return layer;
  }

  /* A switch; the cells are fetched when they are first wanted. */
  function addFormButton(root, bar, viewer) {
    let layer = null;
    const button = addButton(bar, 'form', root.dataset.formLabel, async () => {
      const on = button.getAttribute('aria-pressed') !== 'true';

      button.setAttribute('aria-pressed', on);
      if (on && layer === null) {
        layer = fetchLists(root.dataset.form, 'cells')
          .then(([cells]) => addCells(viewer, cells, root.dataset.unread));
      }
      (await layer).style.display = on ? '' : 'none';
    });

    button.setAttribute('aria-pressed', 'false');
  }

  /* Zoom so that the box and its neighbourhood fill the view. */
  function goTo(viewer, box) {
    const [x, w] = [box[0], box[2]];
    const [y, h] = [box[1] * stretch, box[3] * stretch];
    const room = Math.max(Math.min(w, h) * ROOM_OF_SHORT,
      Math.max(w, h) * ROOM_OF_LONG);
    const rect = viewer.viewport.imageToViewportRectangle(
      x + w / 2 - room / 2, y + h / 2 - room / 2, room, room);

    viewer.viewport.fitBoundsWithConstraints(rect);
  }

  /* ---- buttons ------------------------------------------------------ */

  function addButton(bar, icon, label, act) {
    const button = document.createElement('button');
    const image = svg('svg', button);

    image.setAttribute('viewBox', '0 0 24 24');
    image.setAttribute('aria-hidden', 'true');
    svg('path', image).setAttribute('d', ICONS[icon]);
    button.type = 'button';
    button.title = label;
    button.setAttribute('aria-label', label);
    button.addEventListener('click', act);
    bar.append(button);
    return button;
  }

  function zoomBy(viewer, factor) {
    viewer.viewport.zoomBy(factor);
    viewer.viewport.applyConstraints();
  }

  /* Faded ink and grey paper: how light the scan is shown, in per cent. What is
     drawn over it stays as it is. */
  function addBrightness(root, bar, viewer) {
    const label = document.createElement('label');
    const range = document.createElement('input');

    range.type = 'range';
    range.min = 40;
    range.max = 200;
    range.step = 10;
    range.value = 100;
    range.title = root.dataset.brightness;
    range.setAttribute('aria-label', root.dataset.brightness);
    range.addEventListener('input', () => {
      viewer.drawer.canvas.style.filter = range.value === '100'
        ? '' : `brightness(${range.value}%) contrast(1.2)`;
    });
    label.className = 'brightness';
    label.append(range);
    bar.append(label);
  }

  function addTools(root, viewer, turn) {
    const bar = document.createElement('div');

    bar.className = 'tools';
    bar.setAttribute('role', 'group');
    addButton(bar, 'zoomIn', root.dataset.zoomIn, () => zoomBy(viewer, 1.6));
    addButton(bar, 'zoomOut', root.dataset.zoomOut,
      () => zoomBy(viewer, 1 / 1.6));
    addButton(bar, 'home', root.dataset.home,
      () => viewer.viewport.goHome());
    addButton(bar, 'turn', root.dataset.turnLabel, () => {
      turn.deg += 90;
      setTurn(viewer, turn);
      viewer.viewport.goHome();
    });
    addBrightness(root, bar, viewer);
    if (document.fullscreenEnabled) {
      addButton(bar, 'full', root.dataset.full, () => {
        if (document.fullscreenElement) {
          document.exitFullscreen();
        } else {
          root.requestFullscreen();
        }
      });
    }
    viewer.element.before(bar);
    return bar;
  }

  function addHitButton(root, bar, viewer, boxes) {
    const button = addButton(bar, 'hit', root.dataset.hit, next);
    const count = document.createElement('span');
    let at = -1;

    function show() {
      count.textContent = (at < 0 ? '' : at + 1 + '/') + boxes.length;
    }
    function next() {
      at = (at + 1) % boxes.length;
      goTo(viewer, boxes[at]);
      show();
    }
    show();
    button.append(count);
    button.className = 'to-hit';
    bar.prepend(button);
  }

  /* ---- the viewer --------------------------------------------------- */

  function showPlainImage(root) {
    const link = document.createElement('a');
    const image = document.createElement('img');

    link.href = image.src = root.dataset.image;
    image.alt = root.dataset.alt;
    link.append(image);
    root.append(link);
  }

  /* OpenSeadragon writes a style element into the page, which our content
     security policy refuses, unless it finds one of this name: so it finds
     one, of a namespace that means nothing. The style would only hide where
     the focus is; we do not want that. */
  function keepStyleOut() {
    const standIn = document.createElementNS('urn:tefter:none', 'style');

    standIn.setAttribute('data-openseadragon-mobile-css', 'true');
    document.head.append(standIn);
  }

  /* What the server says of the picture. Its id is the picture's name for the
     world; the tiles are fetched from where this page came from. */
  async function fetchInfo(address) {
    const answer = await fetch(address);
    if (!answer.ok) {
      throw new Error(`${address}: ${answer.status}`);
    }
    const info = await answer.json();
    info.id = new URL(address, window.location).href
      .replace(/\/info\.json$/, '');
    return info;
  }

  /* A picture with the height that the paper has. Each tile is asked for as it
     is stored, and drawn into the place that it has in the stretched one. */
  function stretched(info) {
    const height = Math.round(info.height * stretch);
    const format = (info.preferredFormats || ['jpg'])[0];
    const top = Math.max(0, Math.ceil(
      Math.log2(Math.max(info.width, height) / TILE_PX)));
    const stored = (y) => Math.min(info.height, Math.round(y / stretch));

    return {
      width: info.width,
      height,
      tileSize: TILE_PX,
      minLevel: 0,
      maxLevel: top,
      getTileUrl(level, column, row) {
        const step = TILE_PX * 2 ** (top - level);
        const x = column * step;
        const y = stored(row * step);
        const w = Math.min(step, info.width - x);
        const h = Math.max(1, stored((row + 1) * step) - y);
        const size = [w, h].map((side) =>
          Math.max(1, Math.round(side / 2 ** (top - level))));

        return `${info.id}/${x},${y},${w},${h}/${size}/0/default.${format}`;
      },
    };
  }

  function open(stage, turn) {
    const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;

    return OpenSeadragon({
      element: stage,
      degrees: turn.mirrored ? -turn.deg : turn.deg,
      flipped: turn.mirrored,
      drawer: 'canvas',
      showNavigationControl: false,
      animationTime: still ? 0 : 0.5,
      immediateRender: true,
      maxZoomPixelRatio: 4,
      visibilityRatio: 0.3,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
    });
  }

  function start() {
    const root = document.getElementById('viewer');
    if (!root) {
      return;
    }
    if (!window.OpenSeadragon) {
      showPlainImage(root);
      return;
    }
    const stage = document.createElement('div');
    const turn = readTurn(root);

    stretch = readStretch(root);
    const boxes = fetchLists(root.dataset.boxes, 'boxes', 'misread');

    stage.className = 'stage';
    root.append(stage);
    root.classList.add('zooming');
    keepStyleOut();
    const viewer = open(stage, turn);

    viewer.canvas.setAttribute('role', 'application');
    viewer.canvas.setAttribute('aria-label', root.dataset.alt);
    function giveUp() {
      viewer.destroy();
      stage.remove();
      root.classList.remove('zooming');
      showPlainImage(root);
    }
    viewer.addHandler('open-failed', giveUp);
    viewer.addOnceHandler('open', async () => {
      const bar = addTools(root, viewer, turn);
      const addBoxes = addLayer(viewer);

      if (root.dataset.form) {
        addFormButton(root, bar, viewer);
      }
      const [written, misread] = await boxes;
      const found = written.concat(misread);

      addBoxes(written, 'written');
      addBoxes(misread, 'misread');
      if (found.length > 0) {
        addHitButton(root, bar, viewer, found);
      }
      root.dataset.ready = 'true';
    });
    fetchInfo(root.dataset.info).then((info) =>
      viewer.open(stretch === 1 ? info : stretched(info)), giveUp);
  }

  if (document.readyState === 'loading') {
    document.addEventListener('DOMContentLoaded', start);
  } else {
    start();
  }
})();
