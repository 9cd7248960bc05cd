<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

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
        data-home="{t:t('Whole page')}" data-turn-label="{t:t('Turn')}"
        data-full="{t:t('Full screen')}" data-hit="{t:t('To the next hit')}"
        data-image="{@image}" data-alt="{t:t('Scan of page %1', @number)}">
      <noscript><a href="{@image}"><img src="{@image}" alt="{t:t('Scan of page %1', @number)}"/></a></noscript>
    </div>
    <img class="paper" src="{@image}" alt="" loading="lazy"/>
  </xsl:template>

  <xsl:template match="record">
    <dl class="facts">
      <xsl:for-each select="field">
        <dt><xsl:call-template name="field-name"/></dt>
        <dd>
          <xsl:choose>
            <xsl:when test="@origin = 'unread'"><em><xsl:value-of select="t:t('unread')"/></em></xsl:when>
            <xsl:when test="@doubtful"><em><xsl:value-of select="t:t('read doubtfully: %1', string(.))"/></em></xsl:when>
            <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
          </xsl:choose>
          <xsl:if test="@review">
            <xsl:text> </xsl:text>
            <em><xsl:value-of select="t:t('(entered on an earlier scan of the page; to be looked at again)')"/></em>
          </xsl:if>
        </dd>
      </xsl:for-each>
    </dl>
  </xsl:template>

  <!-- Fields of the forms that come with Tefter (ocr/forms); those of an
       archive's own are called as it calls them. -->
  <xsl:template name="field-name">
    <xsl:choose>
      <xsl:when test="@name = 'municipality'"><xsl:value-of select="t:t('municipality')"/></xsl:when>
      <xsl:when test="@name = 'settlement'"><xsl:value-of select="t:t('settlement')"/></xsl:when>
      <xsl:when test="@name = 'district'"><xsl:value-of select="t:t('district')"/></xsl:when>
      <xsl:when test="@name = 'quarter'"><xsl:value-of select="t:t('quarter')"/></xsl:when>
      <xsl:when test="@name = 'street'"><xsl:value-of select="t:t('street')"/></xsl:when>
      <xsl:when test="@name = 'house'"><xsl:value-of select="t:t('house number')"/></xsl:when>
      <xsl:when test="@name = 'address'"><xsl:value-of select="t:t('address')"/></xsl:when>
      <xsl:when test="@name = 'file'"><xsl:value-of select="t:t('file')"/></xsl:when>
      <xsl:when test="@name = 'book'"><xsl:value-of select="t:t('book')"/></xsl:when>
      <xsl:when test="@name = 'leaf'"><xsl:value-of select="t:t('leaf')"/></xsl:when>
      <xsl:when test="@name = 'number'"><xsl:value-of select="t:t('number in the register')"/></xsl:when>
      <xsl:when test="@name = 'name'"><xsl:value-of select="t:t('full name')"/></xsl:when>
      <xsl:when test="@name = 'sex'"><xsl:value-of select="t:t('sex')"/></xsl:when>
      <xsl:when test="@name = 'birth_date'"><xsl:value-of select="t:t('date of birth')"/></xsl:when>
      <xsl:when test="@name = 'birth_place'"><xsl:value-of select="t:t('place of birth')"/></xsl:when>
      <xsl:when test="@name = 'relation'"><xsl:value-of select="t:t('relation to the head')"/></xsl:when>
      <xsl:when test="@name = 'marital_status'"><xsl:value-of select="t:t('marital status')"/></xsl:when>
      <xsl:when test="@name = 'religion'"><xsl:value-of select="t:t('religion')"/></xsl:when>
      <xsl:when test="@name = 'occupation'"><xsl:value-of select="t:t('occupation')"/></xsl:when>
      <xsl:when test="@name = 'egn'"><xsl:value-of select="t:t('personal number')"/></xsl:when>
      <xsl:when test="@name = 'death_date'"><xsl:value-of select="t:t('date of death')"/></xsl:when>
      <xsl:when test="@name = 'notes'"><xsl:value-of select="t:t('notes')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="@name"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>
</xsl:stylesheet>
