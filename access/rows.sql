-- SPDX-License-Identifier: MIT
-- Rows instead of pages. Since version 7 of access.sqlite; part of it in new
-- ones.

-- Until now whoever looked on a stated ground saw everybody on a page of a
-- family register.
UPDATE OR REPLACE rights SET action = 'row'
WHERE action = 'view' AND condition = 'ground' AND series = 'family-register';
