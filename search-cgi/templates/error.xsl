<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title">
    <xsl:choose>
      <xsl:when test="/page/@status = 400"><xsl:value-of select="t:t('This address cannot be understood')"/></xsl:when>
      <xsl:when test="/page/@refusal = 'form'"><xsl:value-of select="t:t('This form cannot be accepted any more')"/></xsl:when>
      <xsl:when test="/page/@status = 403"><xsl:value-of select="t:t('Not allowed')"/></xsl:when>
      <xsl:when test="/page/@status = 401"><xsl:value-of select="t:t('Not known')"/></xsl:when>
      <xsl:when test="/page/@status = 404"><xsl:value-of select="t:t('There is nothing here to show')"/></xsl:when>
      <xsl:when test="/page/@status = 413 or /page/@status = 414 or /page/@status = 431"><xsl:value-of select="t:t('What was sent is too long')"/></xsl:when>
      <xsl:when test="/page/@status &lt; 500 or /page/@status = 501 or /page/@status = 505"><xsl:value-of select="t:t('This address does not work that way')"/></xsl:when>
      <xsl:when test="/page/@status = 503"><xsl:value-of select="t:t('Too busy at the moment')"/></xsl:when>
      <xsl:otherwise><xsl:value-of select="t:t('Something went wrong')"/></xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <p>
      <xsl:choose>
        <xsl:when test="@status = 400"><xsl:value-of select="t:t('It is damaged or too long. Please begin at the search page.')"/></xsl:when>
        <xsl:when test="@refusal = 'form'"><xsl:value-of select="t:t('It was open too long, or was sent from another page. Go back, load it again and send it once more.')"/></xsl:when>
        <xsl:when test="@refusal = 'ground'"><a href="/ground"><xsl:value-of select="t:t('Say first on what ground you look.')"/></a></xsl:when>
        <xsl:when test="@refusal = 'code'"><a href="/code"><xsl:value-of select="t:t('Put a code of your own in place of the one you were handed.')"/></a></xsl:when>
        <xsl:when test="@refusal = 'factor'"><a href="/second-factor"><xsl:value-of select="t:t('Set up one-time codes first: your role is logged in to with a second factor.')"/></a></xsl:when>
        <xsl:when test="@refusal = 'days'"><xsl:value-of select="t:t('Your role has not begun, or is over. The municipality gives it anew on the document that proves it.')"/></xsl:when>
        <xsl:when test="@status = 401"><xsl:value-of select="t:t('The token is nobody’s, or its days are over.')"/></xsl:when>
        <xsl:when test="@refusal != ''"><xsl:call-template name="role-refused"/></xsl:when>
        <xsl:when test="@status = 403"><xsl:value-of select="t:t('It is open to those who are logged in and have the right to it.')"/></xsl:when>
        <xsl:when test="@status = 404"><xsl:value-of select="t:t('The page does not exist, or is not open to you. Logging in may help.')"/></xsl:when>
        <xsl:when test="@status = 503"><xsl:value-of select="t:t('Please try again in a minute.')"/></xsl:when>
        <xsl:when test="@status = 413 or @status = 414 or @status = 431"><xsl:value-of select="t:t('Please begin at the search page. If it comes again, remove the cookies of this site in your browser.')"/></xsl:when>
        <xsl:when test="@status = 501 or @status = 505"/>
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

  <!-- Whoever is logged in may be allowed less than whoever is not: operators
       and auditors see no pages. -->
  <xsl:template name="role-refused">
    <xsl:variable name="role">
      <xsl:call-template name="role-name"><xsl:with-param name="role" select="reader/@role"/></xsl:call-template>
    </xsl:variable>
    <xsl:value-of select="t:t('You are logged in as: %1. This is not among what that role may do.', string($role))"/>
    <xsl:if test="@refusal = 'logout'">
      <xsl:text> </xsl:text>
      <xsl:value-of select="t:t('What is open to everybody can be seen after logging out.')"/>
    </xsl:if>
  </xsl:template>
</xsl:stylesheet>
