<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="fields.xsl"/>

  <xsl:template name="what">
    <xsl:choose>
      <xsl:when test="@row"><xsl:value-of select="t:t('Row %1', @row)"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('The whole household')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="title">
    <xsl:value-of select="t:t('%1, page %2', volume/@title, @number)"/>
    <xsl:text> · </xsl:text>
    <xsl:call-template name="what"/>
  </xsl:template>

  <xsl:template name="head">
    <script src="/static/openseadragon/openseadragon.min.js" defer="defer"></script>
    <script src="/static/viewer.js" defer="defer"></script>
  </xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}">
      <a href="/volumes"><xsl:value-of select="t:t('Volumes')"/></a>
      <a href="{volume/@href}"><xsl:value-of select="volume/@title"/></a>
      <a href="{@page-href}"><xsl:value-of select="t:t('Page %1', @number)"/></a>
    </nav>
    <h1><xsl:call-template name="title"/></h1>
    <xsl:if test="@query != ''">
      <p><a href="/?q={t:url(@query)}"><xsl:value-of select="t:t('Back to the hits')"/></a></p>
    </xsl:if>
    <xsl:if test="scan/@strip">
      <div class="row-strip" tabindex="0" role="region" aria-label="{t:t('The row on the scan')}">
        <img src="{scan/@strip}" width="{scan/@strip-width}" height="{scan/@strip-height}" alt="{t:t('The row on the scan')}"/>
      </div>
    </xsl:if>
    <div class="reading">
      <section class="picture" aria-label="{t:t('Scan')}">
        <xsl:apply-templates select="scan"/>
        <p class="hint"><xsl:value-of select="t:t('What is other people’s is covered.')"/></p>
      </section>
      <section class="words" aria-labelledby="text-title">
        <h2 id="text-title"><xsl:value-of select="t:t('Text as read by machine')"/></h2>
        <xsl:apply-templates select="record"/>
      </section>
    </div>
  </xsl:template>

  <xsl:template match="scan">
    <div id="viewer" class="viewer" data-info="{@info}" data-boxes=""
        data-turn="{@turn}" data-skew="{@skew}" data-mirrored="{@mirrored}"
        data-width="{@width}" data-height="{@height}"
        data-zoom-in="{t:t('Zoom in')}" data-zoom-out="{t:t('Zoom out')}"
        data-home="{t:t('Whole page')}" data-brightness="{t:t('Brightness')}" data-turn-label="{t:t('Turn')}"
        data-full="{t:t('Full screen')}" data-hit="{t:t('To the next hit')}"
        data-image="{@image}" data-alt="{t:t('Scan of page %1', @number)}">
      <noscript><a href="{@image}"><img src="{@image}" alt="{t:t('Scan of page %1', @number)}"/></a></noscript>
    </div>
    <img class="paper" src="{@image}" alt="" loading="lazy"/>
  </xsl:template>

  <xsl:template match="record">
    <xsl:if test="/page/@correct"><p><xsl:call-template name="correct-link"/></p></xsl:if>
    <dl class="facts">
      <xsl:for-each select="field">
        <dt><xsl:call-template name="field-name"/></dt>
        <dd>
          <xsl:call-template name="field-value"/>
        </dd>
      </xsl:for-each>
    </dl>
  </xsl:template>
</xsl:stylesheet>
