<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="fields.xsl"/>

  <xsl:template name="title">
    <xsl:value-of select="t:t('%1, page %2', volume/@title, scan/@number)"/>
  </xsl:template>

  <xsl:template name="head">
    <script src="/static/openseadragon/openseadragon.min.js" defer="defer"></script>
    <script src="/static/viewer.js" defer="defer"></script>
  </xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}">
      <a href="/volumes"><xsl:value-of select="t:t('Volumes')"/></a>
      <a href="{volume/@href}"><xsl:value-of select="volume/@title"/></a>
    </nav>
    <div class="page-head">
      <h1><xsl:call-template name="title"/></h1>
      <xsl:call-template name="turning"/>
    </div>
    <form class="search small" method="get" role="search">
      <label class="visually-hidden" for="q"><xsl:value-of select="t:t('Outline words on this page')"/></label>
      <div class="line">
        <input id="q" name="q" type="search" value="{@query}" placeholder="{t:t('Outline words on this page')}"/>
        <button type="submit"><xsl:value-of select="t:t('Outline')"/></button>
      </div>
      <xsl:if test="@query != ''">
        <a href="/?q={t:url(@query)}"><xsl:value-of select="t:t('Back to the hits')"/></a>
      </xsl:if>
    </form>
    <div class="reading">
      <section class="picture" aria-label="{t:t('Scan')}">
        <xsl:apply-templates select="scan"/>
      </section>
      <section class="words" aria-labelledby="text-title">
        <xsl:if test="record">
          <h2><xsl:value-of select="t:t('What the form says')"/></h2>
          <xsl:apply-templates select="record"/>
        </xsl:if>
        <h2 id="text-title"><xsl:value-of select="t:t('Text as read by machine')"/></h2>
        <xsl:apply-templates select="text"/>
      </section>
    </div>
    <section class="facts" aria-labelledby="facts-title">
      <h2 id="facts-title"><xsl:value-of select="t:t('About this page')"/></h2>
      <dl>
        <dt><xsl:value-of select="t:t('Identifier')"/></dt><dd class="id"><xsl:value-of select="scan/@id"/></dd>
        <dt><xsl:value-of select="t:t('Series')"/></dt><dd><xsl:call-template name="series-name"><xsl:with-param name="series" select="volume/@series"/></xsl:call-template></dd>
        <dt><xsl:value-of select="t:t('Site')"/></dt><dd><xsl:call-template name="site-name"><xsl:with-param name="site" select="volume/@site"/></xsl:call-template></dd>
        <xsl:if test="volume/@from != ''"><dt><xsl:value-of select="t:t('Years')"/></dt><dd><xsl:call-template name="dates"><xsl:with-param name="volume" select="volume"/></xsl:call-template></dd></xsl:if>
        <xsl:if test="volume/@shelfmark != ''"><dt><xsl:value-of select="t:t('Shelf mark')"/></dt><dd><xsl:value-of select="volume/@shelfmark"/></dd></xsl:if>
        <xsl:if test="scan/@label != ''"><dt><xsl:value-of select="t:t('Number on the paper')"/></dt><dd><xsl:value-of select="scan/@label"/></dd></xsl:if>
        <xsl:if test="scan/@closed"><dt><xsl:value-of select="t:t('Closed to the public')"/></dt><dd><xsl:choose>
          <xsl:when test="scan/@closed = ''"><xsl:value-of select="t:t('yes: when the persons on it were born or died is not known')"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="t:t('until %1', scan/@closed)"/></xsl:otherwise>
        </xsl:choose></dd></xsl:if>
        <dt><xsl:value-of select="t:t('File as received')"/></dt><dd class="id"><xsl:value-of select="scan/@original"/></dd>
        <dt><xsl:value-of select="t:t('Size')"/></dt><dd><xsl:value-of select="t:t('%1 × %2 pixels', scan/@width, scan/@height)"/></dd>
      </dl>
    </section>
  </xsl:template>

  <xsl:template match="record">
    <div class="record">
      <h3>
        <xsl:choose>
          <xsl:when test="/page/@rows and @part">
            <a href="{/page/@rows}{@part}"><xsl:call-template name="record-name"/></a>
          </xsl:when>
          <xsl:otherwise><xsl:call-template name="record-name"/></xsl:otherwise>
        </xsl:choose>
        <xsl:call-template name="correct-link"/>
      </h3>
      <p>
        <xsl:for-each select="field[@name != 'name' or @origin = 'unread']">
          <xsl:if test="position() &gt; 1"><xsl:text> · </xsl:text></xsl:if>
          <span class="label"><xsl:call-template name="field-name"/>:</span>
          <xsl:text> </xsl:text>
          <xsl:call-template name="field-value"/>
        </xsl:for-each>
      </p>
    </div>
  </xsl:template>

  <!-- Who it is, or which row. -->
  <xsl:template name="record-name">
    <xsl:choose>
      <xsl:when test="field[@name = 'name' and @origin != 'unread'] != ''"><xsl:value-of select="field[@name = 'name']"/></xsl:when>
      <xsl:when test="@kind = 'household'"><xsl:value-of select="t:t('The whole household')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('Row %1', @number)"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <!-- In the same place on every page: one turns pages without looking. -->
  <xsl:template name="turning">
    <nav class="paging" aria-label="{t:t('Pages of the volume')}">
      <xsl:choose>
        <xsl:when test="volume/@previous"><a rel="prev" href="{volume/@previous}">← <xsl:value-of select="t:t('Previous page')"/></a></xsl:when>
        <xsl:otherwise><span class="off" aria-hidden="true">← <xsl:value-of select="t:t('Previous page')"/></span></xsl:otherwise>
      </xsl:choose>
      <span><xsl:value-of select="t:t('%1 of %2', volume/@place, volume/@pages)"/></span>
      <xsl:choose>
        <xsl:when test="volume/@next"><a rel="next" href="{volume/@next}"><xsl:value-of select="t:t('Next page')"/> →</a></xsl:when>
        <xsl:otherwise><span class="off" aria-hidden="true"><xsl:value-of select="t:t('Next page')"/> →</span></xsl:otherwise>
      </xsl:choose>
      <xsl:if test="count(volume/near) &gt; 2">
        <ol class="page-strip">
          <xsl:for-each select="volume/near">
            <xsl:if test="@gap"><li class="gap" aria-hidden="true"></li></xsl:if>
            <li><a href="{@href}" aria-label="{t:t('Page %1', @number)}">
              <xsl:if test="@current"><xsl:attribute name="aria-current"><xsl:value-of select="'page'"/></xsl:attribute></xsl:if>
              <xsl:value-of select="@number"/>
            </a></li>
          </xsl:for-each>
        </ol>
      </xsl:if>
    </nav>
  </xsl:template>

  <!-- With a script there is the zoom, and no plain image is fetched for
       nothing; when the zoom fails, the script shows it. -->
  <xsl:template match="scan">
    <div id="viewer" class="viewer" data-info="{@info}" data-boxes="{@boxes}"
        data-turn="{@turn}" data-skew="{@skew}" data-mirrored="{@mirrored}"
        data-width="{@width}" data-height="{@height}" data-stretch="{@stretch}"
        data-zoom-in="{t:t('Zoom in')}" data-zoom-out="{t:t('Zoom out')}"
        data-home="{t:t('Whole page')}" data-brightness="{t:t('Brightness')}" data-turn-label="{t:t('Turn')}"
        data-full="{t:t('Full screen')}" data-hit="{t:t('To the next hit')}"
        data-form="{../text/@form}" data-form-label="{t:t('Cells of the form')}" data-unread="{t:t('unread')}"
        data-image="{@image}" data-alt="{t:t('Scan of page %1', @number)}">
      <noscript><a href="{@image}"><img src="{@image}" alt="{t:t('Scan of page %1', @number)}"/></a></noscript>
    </div>
    <img class="paper" src="{@image}" alt="" loading="lazy"/>
  </xsl:template>

  <xsl:template match="text">
    <xsl:choose>
      <xsl:when test="@missing"><p class="notice"><xsl:value-of select="t:t('The text of this page cannot be shown at the moment.')"/></p></xsl:when>
      <xsl:when test="../scan/@blank"><p class="notice"><xsl:value-of select="t:t('This page is blank.')"/></p></xsl:when>
      <xsl:when test="not(block)"><p class="notice"><xsl:value-of select="t:t('Nothing could be read on this page.')"/></p></xsl:when>
      <xsl:otherwise>
        <p class="hint"><xsl:value-of select="t:t('Read with a mean confidence of %1 of 100. The scan is what counts.', ../scan/@confidence)"/></p>
        <xsl:apply-templates select="block"/>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="block">
    <p>
      <xsl:for-each select="line">
        <xsl:if test="position() &gt; 1"><br/></xsl:if>
        <xsl:for-each select="word">
          <xsl:if test="position() &gt; 1"><xsl:text> </xsl:text></xsl:if>
          <xsl:choose>
            <xsl:when test="@hit = 'misread'"><mark class="misread" title="{t:t('perhaps misread')}"><xsl:value-of select="."/></mark></xsl:when>
            <xsl:when test="@hit"><mark><xsl:value-of select="."/></mark></xsl:when>
            <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
          </xsl:choose>
        </xsl:for-each>
      </xsl:for-each>
    </p>
  </xsl:template>
</xsl:stylesheet>
