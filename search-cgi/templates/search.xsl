<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Search')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:value-of select="t:t('Search')"/></h1>
    <form method="get" action="/" role="search">
      <label for="q"><xsl:value-of select="t:t('Words, a name, a place')"/></label>
      <input id="q" name="q" type="search" value="{/page/@query}"/>
      <button type="submit"><xsl:value-of select="t:t('Search')"/></button>
    </form>
  </xsl:template>
</xsl:stylesheet>
