<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('%1, page %2', volume/@title, @number)"/></xsl:template>

  <xsl:template name="content">
    <nav class="path" aria-label="{t:t('Place')}">
      <a href="/volumes"><xsl:value-of select="t:t('Volumes')"/></a>
      <a href="{volume/@href}"><xsl:value-of select="volume/@title"/></a>
    </nav>
    <h1><xsl:call-template name="title"/></h1>
    <xsl:choose>
      <xsl:when test="row or household">
        <p><xsl:value-of select="t:t('Of this page single rows and households are opened; what is other people’s is covered.')"/></p>
        <ul class="cards">
          <xsl:apply-templates select="household"/>
          <xsl:apply-templates select="row"/>
        </ul>
      </xsl:when>
      <xsl:otherwise>
        <p class="notice"><xsl:value-of select="t:t('The rows of this page are not known, so what is other people’s cannot be covered. It is shown only to those who may see whole pages: ask the archive for a copy of the entry.')"/></p>
      </xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@query != ''">
      <p><a href="/?q={t:url(@query)}"><xsl:value-of select="t:t('Back to the hits')"/></a></p>
    </xsl:if>
  </xsl:template>

  <xsl:template match="row|household">
    <li><a href="{@href}">
      <strong><xsl:choose>
        <xsl:when test="self::row"><xsl:value-of select="t:t('Row %1', @number)"/></xsl:when>
        <xsl:otherwise><xsl:value-of select="t:t('The whole household')"/></xsl:otherwise>
      </xsl:choose></strong>
      <xsl:if test="@price"><span><xsl:call-template name="price"/></span></xsl:if>
    </a></li>
  </xsl:template>
</xsl:stylesheet>
