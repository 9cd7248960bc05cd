<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<!-- The contact sheet of a batch: its figures, what was found, and the cards.
     On the web (batch.xsl) and as one file (sheet.xsl). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">

  <xsl:template name="sheet">
    <dl class="facts">
      <dt><xsl:value-of select="t:t('Batch')"/></dt><dd class="id"><xsl:value-of select="batch/@id"/></dd>
      <dt><xsl:value-of select="t:t('From the folder')"/></dt><dd class="id"><xsl:value-of select="batch/@source"/></dd>
      <dt><xsl:value-of select="t:t('Site')"/></dt><dd><xsl:call-template name="site-name"><xsl:with-param name="site" select="batch/@site"/></xsl:call-template></dd>
      <dt><xsl:value-of select="t:t('Received')"/></dt><dd><xsl:call-template name="moment"><xsl:with-param name="utc" select="batch/@received"/></xsl:call-template></dd>
      <dt><xsl:value-of select="t:t('Files')"/></dt><dd><xsl:value-of select="batch/@files"/></dd>
      <dt><xsl:value-of select="t:t('Pages taken in')"/></dt><dd><xsl:value-of select="batch/@pages"/></dd>
      <dt><xsl:value-of select="t:t('Files to look at')"/></dt><dd><xsl:value-of select="batch/@warned"/></dd>
      <dt><xsl:value-of select="t:t('Files set aside')"/></dt><dd><xsl:value-of select="batch/@rejected"/></dd>
    </dl>
    <xsl:if test="batch/@in-work">
      <p class="notice"><xsl:value-of select="t:t('The pages of this batch are still being read.')"/></p>
    </xsl:if>
    <xsl:if test="batch/@elsewhere">
      <p class="notice"><xsl:value-of select="t:t('Pages of this batch are in volumes of another site, and are seen there alone.')"/></p>
    </xsl:if>
    <xsl:if test="rule">
      <h2><xsl:value-of select="t:t('What was found')"/></h2>
      <ul class="rules">
        <xsl:for-each select="rule">
          <li>
            <span class="severity {@severity}"><xsl:call-template name="severity-name"><xsl:with-param name="severity" select="@severity"/></xsl:call-template></span>
            <xsl:text> </xsl:text>
            <xsl:call-template name="rule-name"><xsl:with-param name="rule" select="@id"/></xsl:call-template>
            <xsl:text> · </xsl:text>
            <xsl:value-of select="t:n('%1 time', '%1 times', @count)"/>
          </li>
        </xsl:for-each>
      </ul>
    </xsl:if>
    <xsl:if test="volume">
      <h2><xsl:value-of select="t:t('Of whole volumes')"/></h2>
      <ul class="findings">
        <xsl:for-each select="volume">
          <li>
            <span class="severity {@severity}"><xsl:call-template name="severity-name"><xsl:with-param name="severity" select="@severity"/></xsl:call-template></span>
            <xsl:text> </xsl:text>
            <strong><xsl:call-template name="rule-name"><xsl:with-param name="rule" select="@rule"/></xsl:call-template></strong>
            <xsl:text> </xsl:text>
            <span class="id"><xsl:value-of select="@id"/></span>
            <div><xsl:call-template name="rule-advice"><xsl:with-param name="rule" select="@rule"/></xsl:call-template></div>
            <div class="hint" lang="en"><xsl:value-of select="@message"/></div>
          </li>
        </xsl:for-each>
      </ul>
    </xsl:if>
    <ol class="shots">
      <xsl:apply-templates select="card"/>
    </ol>
  </xsl:template>

  <xsl:template match="card">
    <li class="shot {@worst}" id="card-{@anchor}">
      <xsl:choose>
        <xsl:when test="@scan">
          <a class="scan" href="{@scan}" title="{t:t('Full size')}"><xsl:call-template name="card-picture"/></a>
        </xsl:when>
        <xsl:otherwise><xsl:call-template name="card-picture"/></xsl:otherwise>
      </xsl:choose>
      <h3>
        <xsl:choose>
          <xsl:when test="@number">
            <xsl:value-of select="t:t('Page %1', @number)"/>
            <xsl:if test="@label != '' and @label != @number"> (<xsl:value-of select="@label"/>)</xsl:if>
          </xsl:when>
          <xsl:otherwise><xsl:value-of select="t:t('Set aside')"/></xsl:otherwise>
        </xsl:choose>
      </h3>
      <xsl:if test="@page"><div class="id"><xsl:value-of select="@page"/></div></xsl:if>
      <div class="id">
        <xsl:value-of select="@file"/>
        <xsl:if test="@image"> · <xsl:value-of select="t:t('image %1', @image)"/></xsl:if>
      </div>
      <xsl:call-template name="card-state"/>
      <ul class="findings">
        <xsl:apply-templates select="finding[@severity = 'error']"/>
        <xsl:apply-templates select="finding[@severity = 'warning']"/>
        <xsl:apply-templates select="finding[@severity = 'info']"/>
      </ul>
      <xsl:if test="@href">
        <a href="{@href}"><xsl:value-of select="t:t('Open the page')"/></a>
      </xsl:if>
    </li>
  </xsl:template>

  <!-- Findings with a place are outlined on the picture, in pixels of the scan;
       a fax has pixels that are higher than wide. -->
  <xsl:template name="card-picture">
    <xsl:choose>
      <xsl:when test="@picture and @width">
        <svg class="thumb" xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {@width} {@height * @stretch}">
          <title><xsl:value-of select="@file"/></title>
          <g transform="scale(1 {@stretch})">
            <image href="{@picture}" width="{@width}" height="{@height}" preserveAspectRatio="none"/>
            <xsl:for-each select="finding[@w]">
              <rect class="{@severity}" x="{@x}" y="{@y}" width="{@w}" height="{@h}"/>
            </xsl:for-each>
          </g>
        </svg>
      </xsl:when>
      <xsl:when test="@picture"><img class="thumb" src="{@picture}" alt="{@file}" loading="lazy"/></xsl:when>
      <xsl:otherwise><div class="thumb none"><xsl:value-of select="t:t('no picture')"/></div></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="card-state">
    <xsl:if test="@state and @state != 'packed'">
      <p class="state">
        <xsl:choose>
          <xsl:when test="@state = 'duplicate'"><xsl:value-of select="t:t('these bytes are in the archive already')"/></xsl:when>
          <xsl:when test="@state = 'repeated'"><xsl:value-of select="t:t('these bytes are another page already')"/></xsl:when>
          <xsl:when test="@state = 'set-aside'"><xsl:value-of select="t:t('set aside while it was read')"/></xsl:when>
          <xsl:when test="@state = 'discarded'"><xsl:value-of select="t:t('given up by an operator')"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="t:t('waits to be read')"/></xsl:otherwise>
        </xsl:choose>
        <xsl:if test="@reason != ''">: <span lang="en"><xsl:value-of select="@reason"/></span></xsl:if>
      </p>
    </xsl:if>
  </xsl:template>

  <xsl:template match="finding">
    <li>
      <span class="severity {@severity}"><xsl:call-template name="severity-name"><xsl:with-param name="severity" select="@severity"/></xsl:call-template></span>
      <xsl:text> </xsl:text>
      <strong><xsl:call-template name="rule-name"><xsl:with-param name="rule" select="@rule"/></xsl:call-template></strong>
      <div><xsl:call-template name="rule-advice"><xsl:with-param name="rule" select="@rule"/></xsl:call-template></div>
      <div class="hint" lang="en"><xsl:value-of select="@message"/></div>
    </li>
  </xsl:template>

  <xsl:template name="severity-name">
    <xsl:param name="severity"/>
    <xsl:choose>
      <xsl:when test="$severity = 'error'"><xsl:value-of select="t:t('scan again')"/></xsl:when>
      <xsl:when test="$severity = 'warning'"><xsl:value-of select="t:t('look')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('note')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- Rules that operators meet every day, in their language; the others by
       their id. -->
  <xsl:template name="rule-name">
    <xsl:param name="rule"/>
    <xsl:choose>
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
      <xsl:when test="$rule = 'quality-numbering'"><xsl:value-of select="t:t('page numbers do not fit')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-ifd-offset'"><xsl:value-of select="t:t('scan cut short')"/></xsl:when>
      <xsl:when test="$rule = 'quality-twice'"><xsl:value-of select="t:t('the same page twice')"/></xsl:when>
      <xsl:when test="$rule = 'file-not-tiff'"><xsl:value-of select="t:t('no TIFF')"/></xsl:when>
      <xsl:when test="$rule = 'file-other-picture'"><xsl:value-of select="t:t('another kind of picture')"/></xsl:when>
      <xsl:when test="$rule = 'file-empty'"><xsl:value-of select="t:t('empty file')"/></xsl:when>
      <xsl:when test="$rule = 'file-unreadable'"><xsl:value-of select="t:t('file cannot be read')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-strip-decodes'"><xsl:value-of select="t:t('damaged scan')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-strip-place'"><xsl:value-of select="t:t('scan cut short')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-images'"><xsl:value-of select="t:t('several pages in one file')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-colour'"><xsl:value-of select="t:t('unusual colour model')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-compression'"><xsl:value-of select="t:t('unusual compression')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-readable'"><xsl:value-of select="t:t('scan cannot be read')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-unused-bytes'"><xsl:value-of select="t:t('bytes that belong to nothing')"/></xsl:when>
      <xsl:when test="starts-with($rule, 'tiff-libtiff')"><xsl:value-of select="t:t('word of the TIFF library')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-resolution'"><xsl:value-of select="t:t('no resolution stated')"/></xsl:when>
      <xsl:when test="$rule = 'batch-file-missing'"><xsl:value-of select="t:t('listed, and not there')"/></xsl:when>
      <xsl:when test="$rule = 'batch-file-not-listed'"><xsl:value-of select="t:t('there, and not listed')"/></xsl:when>
      <xsl:when test="$rule = 'batch-digest'"><xsl:value-of select="t:t('altered since it was listed')"/></xsl:when>
      <xsl:when test="$rule = 'batch-page-twice'"><xsl:value-of select="t:t('page number taken twice')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-ifd-end'"><xsl:value-of select="t:t('scan cut short')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-ifd-cut'"><xsl:value-of select="t:t('scan cut short')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-pixels-missing'"><xsl:value-of select="t:t('damaged scan')"/></xsl:when>
      <xsl:when test="$rule = 'tiff-strip-surplus'"><xsl:value-of select="t:t('more in the scan than is shown')"/></xsl:when>
      <xsl:when test="$rule = 'batch-order'"><xsl:value-of select="t:t('how the pages were numbered')"/></xsl:when>
      <xsl:when test="$rule = 'batch-no-place'"><xsl:value-of select="t:t('no page number in the name')"/></xsl:when>
      <xsl:when test="$rule = 'batch-series'"><xsl:value-of select="t:t('a new series')"/></xsl:when>
      <xsl:when test="$rule = 'batch-date'"><xsl:value-of select="t:t('unclear date')"/></xsl:when>
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
      <xsl:when test="$rule = 'batch-order'"/>
      <xsl:when test="$rule = 'batch-no-place'"><xsl:value-of select="t:t('look where the page belongs, and give it with its page in a list')"/></xsl:when>
      <xsl:when test="starts-with($rule, 'batch-')"><xsl:value-of select="t:t('correct the list and give the batch again')"/></xsl:when>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
