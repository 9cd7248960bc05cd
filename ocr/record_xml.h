/* SPDX-License-Identifier: MIT */
/*
 * ocr/record_xml.h - a page's grid and records as XML (namespace
 * urn:tefter:records:1, schema ocr/records.xsd), and back. It lies in the
 * package beside the page's ALTO, and is there only when the page is a form:
 *
 *     <records xmlns="urn:tefter:records:1" page="odesos/.../0007">
 *       <cell number="9" leaf="1" row="3" column="2" state="read"
 *           confidence="97" points="340,512 988,498 991,590 343,604"/>
 *       <record number="2" form="family-register" kind="person" in="1">
 *         <field name="birth_date" type="date" origin="ocr" valid="true"
 *             confidence="88" x="1301" y="560" w="590" h="112" cell="12">
 *           <text>22.08.1922 г.,</text>
 *           <value>1922-08-22</value>
 *         </field>
 *       </record>
 *     </records>
 *
 * Coordinates are pixels of the master scan, top left origin.
 */
#ifndef OCR_RECORD_XML_H
#define OCR_RECORD_XML_H

#include "common/buf.h"
#include "ocr/record.h"

/* Appended to out. ERR_NOMEM, ERR_LIBRARY. */
int records_write(const struct page_records *records, const char *page_id,
                  struct buf *out, struct err *err);
/* The schema, as text: it is kept beside what it is of. Borrowed, for ever. */
const char *records_schema(void);
/* Everything that records_write wrote. The file may be hostile: what the schema
 * does not allow, and what is larger than 64 MiB or has a DTD, is ERR_INPUT
 * naming the line. ERR_ABSENT, ERR_NOMEM. */
int records_read(const char *path, struct page_records **out, struct err *err);

#endif
