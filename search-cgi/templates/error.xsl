<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title">
    <xsl:choose>
      <xsl:when test="/page/@status = 400"><xsl:value-of select="t:t('This address cannot be understood')"/></xsl:when>
      <xsl:when test="/page/@status = 403"><xsl:value-of select="t:t('Not allowed')"/></xsl:when>
      <xsl:when test="/page/@status = 404"><xsl:value-of select="t:t('There is nothing here to show')"/></xsl:when>
      <xsl:when test="/page/@status = 405"><xsl:value-of select="t:t('This address does not work that way')"/></xsl:when>
      <xsl:when test="/page/@status = 503"><xsl:value-of select="t:t('Too busy at the moment')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('Something went wrong')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <p>
      <xsl:choose>
        <xsl:when test="@status = 400"><xsl:value-of select="t:t('It is damaged or too long. Please begin at the search page.')"/></xsl:when>
        <xsl:when test="@status = 403"><xsl:value-of select="t:t('Your role does not allow this, or the form was open too long: go back, load it again and send it once more.')"/></xsl:when>
        <xsl:when test="@status = 404"><xsl:value-of select="t:t('The page does not exist, or is not open to you. Logging in may help.')"/></xsl:when>
        <xsl:when test="@status = 503"><xsl:value-of select="t:t('Please try again in a minute.')"/></xsl:when>
        <xsl:when test="@status &gt;= 500"><xsl:value-of select="t:t('It is written in the log for the administrator. Please try again later.')"/></xsl:when>
      </xsl:choose>
    </p>
    <p>
      <xsl:if test="reader/@may-search">
        <a href="/"><xsl:value-of select="t:t('To the search page')"/></a>
        <xsl:text> · </xsl:text>
      </xsl:if>
      <a href="/account"><xsl:value-of select="t:t('What you may do')"/></a>
    </p>
    <p class="hint"><xsl:value-of select="t:t('Error %1', @status)"/></p>
  </xsl:template>
</xsl:stylesheet>
