/* SPDX-License-Identifier: MIT */
/* The reader has logged in: the viewer waits for this window to be closed. */
(function () {
  'use strict';

  if (window.opener !== null) window.close();
}());
