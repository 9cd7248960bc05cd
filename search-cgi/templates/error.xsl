<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title">
    <xsl:choose>
      <xsl:when test="/page/@status = 400"><xsl:value-of select="t:t('This address cannot be understood')"/></xsl:when>
      <xsl:when test="/page/@status = 403"><xsl:value-of select="t:t('Your role does not allow this')"/></xsl:when>
      <xsl:when test="/page/@status = 404"><xsl:value-of select="t:t('There is nothing here to show')"/></xsl:when>
      <xsl:when test="/page/@status = 405"><xsl:value-of select="t:t('This address does not work that way')"/></xsl:when>
      <xsl:when test="/page/@status = 503"><xsl:value-of select="t:t('Too busy at the moment')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('Something went wrong')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <p><xsl:value-of select="t:t('Error %1', /page/@status)"/></p>
    <p><a href="/"><xsl:value-of select="t:t('To the search page')"/></a></p>
  </xsl:template>
</xsl:stylesheet>
