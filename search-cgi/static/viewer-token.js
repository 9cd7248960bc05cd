/* SPDX-License-Identifier: MIT */
/*
 * The access token service (IIIF Authorization Flow 2.0, section 6): what the
 * server wrote into the page is said to the viewer round this frame, and to
 * pages of the named origin alone.
 */
(function () {
  'use strict';

  const { to, message } = document.body.dataset;

  if (window.parent !== window) {
    window.parent.postMessage(JSON.parse(message), to);
  }
}());
