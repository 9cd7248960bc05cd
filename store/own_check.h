/* SPDX-License-Identifier: MIT */
/*
 * store/own_check.h - what a package of ours says of itself: its own files are
 * of the form in which we write them, and tell the same story. For what comes
 * in (store/import.h): digests that are right say only that nobody altered it
 * after they were made.
 *
 *     IMP9   a file is not of its form: METS, PREMIS and MIX by the schemas of
 *            what we write of them (store/mets.xsd, premis.xsd, mix.xsd),
 * dc.xml by DCMI's qualified Dublin Core of 2008-02-11, quality.json by
 *            store/quality.h, ALTO and records by what reads them
 *     IMP10  volume.json and PREMIS do not tell the same events and objects, or
 *            the record lacks what earlier versions have, or what its pages
 *            show: something that was done is told no more
 *
 * Events keep their identifiers (store/premis.h), and so are comparable
 * whatever version of Tefter wrote them.
 */
#ifndef STORE_OWN_CHECK_H
#define STORE_OWN_CHECK_H

#include "store/contents.h"
#include "store/ocfl.h"
#include "store/verify.h"

/* @param dir        the package's folder, or the object's
 * @param inv        of the object; NULL: files lie in dir as they are called
 * @param contents   of volume.json there, ordered
 * @return 0 when it was looked at: findings are in report; or -1 with
 *         ERR_NOMEM, ERR_LIBRARY */
int own_check(const char *dir, const struct inventory *inv,
              const struct contents *contents, struct fault_report *report,
              struct err *err);

/* Does each version of an object tell all that the one before it told?
 * ERR_NOMEM. */
int own_check_history(const char *object_dir, unsigned head,
                      struct fault_report *report, struct err *err);

#endif
