<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- Rules of ingest/rules/archive.conf in the words of an operator, and what to
     do about a breach. In the order of that file; none is left out. -->
<xsl:stylesheet version="1.0"
    xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:template name="rule-name">
    <xsl:param name="rule"/>
    <xsl:choose>
      <xsl:when test="$rule = 'file-name'"><xsl:value-of select="t:t('a name that cannot be kept')"/></xsl:when>
      <xsl:when test="$rule = 'file-kind'"><xsl:value-of select="t:t('no file')"/></xsl:when>
      <xsl:when test="$rule = 'file-unreadable'"><xsl:value-of select="t:t('file cannot be read')"/></xsl:when>
      <xsl:when test="$rule = 'file-link-outside'"><xsl:value-of select="t:t('a link out of the batch')"/></xsl:when>
      <xsl:when test="$rule = 'file-empty'"><xsl:value-of select="t:t('empty file')"/></xsl:when>
      <xsl:when test="$rule = 'file-ignored'"><xsl:value-of select="t:t('no scan')"/></xsl:when>
      <xsl:when test="$rule = 'file-spare'"><xsl:value-of select="t:t('a backup, or half a copy')"/></xsl:when>
      <xsl:when test="$rule = 'file-not-tiff'"><xsl:value-of select="t:t('no TIFF')"/></xsl:when>
      <xsl:when test="$rule = 'file-other-picture'"><xsl:value-of select="t:t('another kind of picture')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-header'"><xsl:value-of select="t:t('scan cut short')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-ifd-offset'"><xsl:value-of select="t:t('scan cut short')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-ifd-next'"><xsl:value-of select="t:t('pages may be missing')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-ifd-end'"><xsl:value-of select="t:t('scan cut short')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-ifd-cut'"><xsl:value-of select="t:t('scan cut short')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-ifd-loop'"><xsl:value-of select="t:t('pages may be missing')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-ifd-count'"><xsl:value-of select="t:t('too many pages in one file')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-sub-ifd'"><xsl:value-of select="t:t('notes of the camera are damaged')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-sub-image'"><xsl:value-of select="t:t('another picture hangs from the page')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-tag-order'"><xsl:value-of select="t:t('tags in disorder')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-tag-twice'"><xsl:value-of select="t:t('a tag that is there twice')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-tag-type'"><xsl:value-of select="t:t('a tag of no known type')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-tag-form'"><xsl:value-of select="t:t('a tag in an unusual form')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-tag-count'"><xsl:value-of select="t:t('a tag without a value')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-tag-value'"><xsl:value-of select="t:t('a tag with an unknown value')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-tag-value-place'"><xsl:value-of select="t:t('a value beyond the file')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-tag-overlap'"><xsl:value-of select="t:t('values in one place')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-word-boundary'"><xsl:value-of select="t:t('values at odd places')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-text-encoding'"><xsl:value-of select="t:t('a note in unknown letters')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-text-utf8'"><xsl:value-of select="t:t('a note in other than Latin letters')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-text-end'"><xsl:value-of select="t:t('a note without its end')"/></xsl:when>
      <xsl:when test="$rule = 'file-spare'"><xsl:value-of select="t:t('delete it, or rename it if it is a page')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-date'"><xsl:value-of select="t:t('the clock of the scanner is wrong')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-icc'"><xsl:value-of select="t:t('a colour profile that does not fit')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-unused-bytes'"><xsl:value-of select="t:t('bytes that belong to nothing')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-size'"><xsl:value-of select="t:t('too large, or without an area')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-readable'"><xsl:value-of select="t:t('scan cannot be read')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-colour'"><xsl:value-of select="t:t('unusual colour model')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-bits'"><xsl:value-of select="t:t('unusual depth of colour')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-sample-format'"><xsl:value-of select="t:t('unusual kind of pixels')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-compression'"><xsl:value-of select="t:t('unusual compression')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-extra-samples'"><xsl:value-of select="t:t('transparency is not read')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-planar'"><xsl:value-of select="t:t('colours are stored apart')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-resolution'"><xsl:value-of select="t:t('no resolution stated')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-resolution-range'"><xsl:value-of select="t:t('unlikely resolution')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-resolution-unit'"><xsl:value-of select="t:t('resolution without a unit')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-resolution-aspect'"><xsl:value-of select="t:t('unequal resolutions, as of a fax')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-orientation'"><xsl:value-of select="t:t('stored turned, shown upright')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-images'"><xsl:value-of select="t:t('several pages in one file')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-strip-place'"><xsl:value-of select="t:t('scan cut short')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-strip-overlap'"><xsl:value-of select="t:t('damaged scan')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-strip-surplus'"><xsl:value-of select="t:t('more in the scan than is shown')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-strip-ratio'"><xsl:value-of select="t:t('black and white that does not pay')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-expansion'"><xsl:value-of select="t:t('suspiciously small file')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-strip-decodes'"><xsl:value-of select="t:t('damaged scan')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-pixels-missing'"><xsl:value-of select="t:t('damaged scan')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-decoder-died'"><xsl:value-of select="t:t('damaged scan')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-more'"><xsl:value-of select="t:t('there is more')"/></xsl:when>
      <xsl:when test="$rule = 'quality-blank'"><xsl:value-of select="t:t('blank page')"/></xsl:when>
      <xsl:when test="$rule = 'quality-blank-in-volume'"><xsl:value-of select="t:t('blank among pages with text')"/></xsl:when>
      <xsl:when test="$rule = 'quality-sharpness'"><xsl:value-of select="t:t('not sharp')"/></xsl:when>
      <xsl:when test="$rule = 'quality-tones'"><xsl:value-of select="t:t('too dark, too light or faded')"/></xsl:when>
      <xsl:when test="$rule = 'quality-skew'"><xsl:value-of select="t:t('crooked')"/></xsl:when>
      <xsl:when test="$rule = 'quality-border'"><xsl:value-of select="t:t('wide black border')"/></xsl:when>
      <xsl:when test="$rule = 'quality-cut'"><xsl:value-of select="t:t('cut off at the edge')"/></xsl:when>
      <xsl:when test="$rule = 'quality-resolution'"><xsl:value-of select="t:t('resolution too low')"/></xsl:when>
      <xsl:when test="$rule = 'quality-size'"><xsl:value-of select="t:t('unlikely size')"/></xsl:when>
      <xsl:when test="$rule = 'quality-sideways'"><xsl:value-of select="t:t('lies on its side')"/></xsl:when>
      <xsl:when test="$rule = 'quality-head-down'"><xsl:value-of select="t:t('upside down')"/></xsl:when>
      <xsl:when test="$rule = 'quality-show-through'"><xsl:value-of select="t:t('the other side shows through')"/></xsl:when>
      <xsl:when test="$rule = 'quality-spread'"><xsl:value-of select="t:t('two pages on one scan')"/></xsl:when>
      <xsl:when test="$rule = 'quality-twice'"><xsl:value-of select="t:t('the same page twice')"/></xsl:when>
      <xsl:when test="$rule = 'quality-numbering'"><xsl:value-of select="t:t('page numbers do not fit')"/></xsl:when>
      <xsl:when test="$rule = 'batch-csv'"><xsl:value-of select="t:t('the list cannot be read')"/></xsl:when>
      <xsl:when test="$rule = 'batch-column'"><xsl:value-of select="t:t('an unknown column in the list')"/></xsl:when>
      <xsl:when test="$rule = 'batch-file-not-listed'"><xsl:value-of select="t:t('there, and not listed')"/></xsl:when>
      <xsl:when test="$rule = 'batch-file-missing'"><xsl:value-of select="t:t('listed, and not there')"/></xsl:when>
      <xsl:when test="$rule = 'batch-file-listed-twice'"><xsl:value-of select="t:t('listed twice')"/></xsl:when>
      <xsl:when test="$rule = 'batch-page'"><xsl:value-of select="t:t('no page number in the list')"/></xsl:when>
      <xsl:when test="$rule = 'batch-label'"><xsl:value-of select="t:t('a name instead of a page number')"/></xsl:when>
      <xsl:when test="$rule = 'batch-page-twice'"><xsl:value-of select="t:t('page number taken twice')"/></xsl:when>
      <xsl:when test="$rule = 'batch-order'"><xsl:value-of select="t:t('how the pages were numbered')"/></xsl:when>
      <xsl:when test="$rule = 'batch-no-place'"><xsl:value-of select="t:t('no page number in the name')"/></xsl:when>
      <xsl:when test="$rule = 'batch-volume'"><xsl:value-of select="t:t('no possible volume')"/></xsl:when>
      <xsl:when test="$rule = 'batch-differs'"><xsl:value-of select="t:t('two lines differ about the volume')"/></xsl:when>
      <xsl:when test="$rule = 'batch-series'"><xsl:value-of select="t:t('a new series')"/></xsl:when>
      <xsl:when test="$rule = 'batch-date'"><xsl:value-of select="t:t('unclear date')"/></xsl:when>
      <xsl:when test="$rule = 'batch-language'"><xsl:value-of select="t:t('no known language')"/></xsl:when>
      <xsl:when test="$rule = 'batch-digest'"><xsl:value-of select="t:t('altered since it was listed')"/></xsl:when>
      <xsl:when test="$rule = 'batch-archive'"><xsl:value-of select="t:t('a packed file that is refused')"/></xsl:when>
      <xsl:when test="$rule = 'batch-replace'"><xsl:value-of select="t:t('neither yes nor no')"/></xsl:when>
      <xsl:when test="$rule = 'bag-tag-file'"><xsl:value-of select="t:t('notes of the bag are damaged')"/></xsl:when>
      <xsl:when test="$rule = 'bag-manifest'"><xsl:value-of select="t:t('the list of the bag is not whole')"/></xsl:when>
      <xsl:when test="starts-with($rule, 'tiff-libtiff')"><xsl:value-of select="t:t('word of the TIFF library')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="$rule"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- What to do about it. The message behind it has figures and places, and
       the words that an administrator looks for in the log. -->
  <xsl:template name="rule-advice">
    <xsl:param name="rule"/>
    <xsl:choose>
      <xsl:when test="starts-with($rule, 'quality-blank')"><xsl:value-of select="t:t('if the paper is not blank, turn it over and scan it again')"/></xsl:when>
      <xsl:when test="$rule = 'quality-sharpness'"><xsl:value-of select="t:t('clean the glass, press the book flat and scan again')"/></xsl:when>
      <xsl:when test="$rule = 'quality-tones'"><xsl:value-of select="t:t('set the exposure and scan again')"/></xsl:when>
      <xsl:when test="$rule = 'quality-skew'"><xsl:value-of select="t:t('lay the paper straight and scan again')"/></xsl:when>
      <xsl:when test="$rule = 'quality-border'"><xsl:value-of select="t:t('if text is covered, scan again without the border')"/></xsl:when>
      <xsl:when test="$rule = 'quality-cut'"><xsl:value-of select="t:t('lay all of the paper on the glass and scan again')"/></xsl:when>
      <xsl:when test="$rule = 'quality-resolution' or $rule = 'tiff-resolution'"><xsl:value-of select="t:t('set the scanner to 300 dpi and scan again')"/></xsl:when>
      <xsl:when test="$rule = 'quality-size'"><xsl:value-of select="t:t('set the right resolution and scan again')"/></xsl:when>
      <xsl:when test="$rule = 'quality-sideways' or $rule = 'quality-head-down'"><xsl:value-of select="t:t('turn the paper and scan again')"/></xsl:when>
      <xsl:when test="$rule = 'quality-show-through'"><xsl:value-of select="t:t('lay a black sheet behind the page and scan again')"/></xsl:when>
      <xsl:when test="$rule = 'quality-spread'"><xsl:value-of select="t:t('scan each page by itself')"/></xsl:when>
      <xsl:when test="$rule = 'quality-twice'"><xsl:value-of select="t:t('see which page is missing and scan it')"/></xsl:when>
      <xsl:when test="$rule = 'quality-numbering'"><xsl:value-of select="t:t('count the pages and scan what is missing')"/></xsl:when>
      <xsl:when test="$rule = 'file-not-tiff' or $rule = 'file-other-picture'"><xsl:value-of select="t:t('set the scanner to TIFF and scan again')"/></xsl:when>
      <xsl:when test="$rule = 'file-empty' or $rule = 'file-unreadable' or $rule = 'tiff-strip-decodes' or $rule = 'tiff-strip-place' or $rule = 'tiff-ifd-offset' or $rule = 'tiff-ifd-end' or $rule = 'tiff-ifd-cut' or $rule = 'tiff-readable' or $rule = 'tiff-pixels-missing'"><xsl:value-of select="t:t('copy the file again; if that does not help, scan the page again')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-ifd-next' or $rule = 'tiff-ifd-loop'"><xsl:value-of select="t:t('count the pages and scan what is missing')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-header' or $rule = 'tiff-tag-value-place' or $rule = 'tiff-decoder-died'"><xsl:value-of select="t:t('copy the file again; if that does not help, scan the page again')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-strip-overlap' or $rule = 'tiff-expansion' or $rule = 'tiff-tag-twice' or $rule = 'tiff-extra-samples'"><xsl:value-of select="t:t('look at the page; if part of it is gone, scan it again')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-date'"><xsl:value-of select="t:t('set the clock of the scanner')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-resolution-range' or $rule = 'tiff-resolution-unit'"><xsl:value-of select="t:t('set the scanner to 300 dpi')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-size' or $rule = 'tiff-ifd-count'"><xsl:value-of select="t:t('scan in parts')"/></xsl:when>
      <xsl:when test="$rule = 'file-name' or $rule = 'file-kind' or $rule = 'file-link-outside'"><xsl:value-of select="t:t('correct the folder and give the batch again')"/></xsl:when>
      <xsl:when test="$rule = 'batch-order' or $rule = 'batch-column' or $rule = 'batch-label'"/>
      <xsl:when test="$rule = 'batch-no-place'"><xsl:value-of select="t:t('look where the page belongs, and give it with its page in a list')"/></xsl:when>
      <xsl:when test="starts-with($rule, 'batch-')"><xsl:value-of select="t:t('correct the list and give the batch again')"/></xsl:when>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
