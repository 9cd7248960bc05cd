<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('Your code')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:apply-templates select="form"/>
  </xsl:template>

  <xsl:template match="form">
    <xsl:if test="@must">
      <p><xsl:value-of select="t:t('The code that you were handed is for this first time. Put one in its place that nobody but you knows; then you can go on.')"/></p>
    </xsl:if>
    <xsl:if test="@wrong != ''">
      <p class="notice wrong" role="alert">
        <xsl:choose>
          <xsl:when test="@wrong = 'old'"><xsl:value-of select="t:t('The present code is another one.')"/></xsl:when>
          <xsl:when test="@wrong = 'again'"><xsl:value-of select="t:t('The new code was not typed the same way twice.')"/></xsl:when>
          <xsl:when test="@wrong = 'wait'"><xsl:value-of select="t:t('Too many wrong codes. Please try again later.')"/></xsl:when>
          <xsl:otherwise><xsl:value-of select="t:t('The new code must have at least %1 characters, and be another than the present one.', @least)"/></xsl:otherwise>
        </xsl:choose>
      </p>
    </xsl:if>
    <form class="card" method="post" action="/code">
      <input type="hidden" name="csrf" value="{/page/reader/@csrf}"/>
      <input type="hidden" name="back" value="{@back}"/>
      <input type="hidden" name="username" autocomplete="username" value="{/page/reader/@identifier}"/>
      <div>
        <label for="old"><xsl:value-of select="t:t('Present code')"/></label>
        <input id="old" name="old" type="password" required="required" maxlength="{@most}" autocomplete="current-password"/>
      </div>
      <div>
        <label for="new"><xsl:value-of select="t:t('New code')"/></label>
        <input id="new" name="new" type="password" required="required" minlength="{@least}" maxlength="{@most}" autocomplete="new-password" aria-describedby="new-hint"/>
        <p class="hint" id="new-hint"><xsl:value-of select="t:t('At least %1 characters; several words in a row are easy to keep in mind and hard to guess.', @least)"/></p>
      </div>
      <div>
        <label for="again"><xsl:value-of select="t:t('New code once more')"/></label>
        <input id="again" name="again" type="password" required="required" minlength="{@least}" maxlength="{@most}" autocomplete="new-password"/>
      </div>
      <button type="submit"><xsl:value-of select="t:t('Change')"/></button>
    </form>
  </xsl:template>
</xsl:stylesheet>
