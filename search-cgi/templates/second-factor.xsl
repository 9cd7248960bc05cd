<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: MIT -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:t="urn:tefter:text" exclude-result-prefixes="t">
  <xsl:import href="layout.xsl"/>

  <xsl:template name="title"><xsl:value-of select="t:t('One-time codes')"/></xsl:template>

  <xsl:template name="content">
    <h1><xsl:call-template name="title"/></h1>
    <xsl:choose>
      <xsl:when test="form/@secret"><xsl:apply-templates select="form"/></xsl:when>
      <xsl:otherwise>
        <p><xsl:value-of select="t:t('Your device is enrolled: at each log-in its six digits are asked for. If it is lost, whoever keeps the accounts removes it, and you enrol another.')"/></p>
        <p><a href="{form/@back}"><xsl:value-of select="t:t('Go on')"/></a></p>
      </xsl:otherwise>
    </xsl:choose>
  </xsl:template>

  <xsl:template match="form">
    <xsl:choose>
      <xsl:when test="@must"><p><xsl:value-of select="t:t('Your role is logged in to with a second factor: six digits that a device of yours shows, another every half a minute. Set it up now; then you can go on.')"/></p></xsl:when>
      <xsl:otherwise><p><xsl:value-of select="t:t('From then on six digits that a device of yours shows are asked for at each log-in.')"/></p></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="@wrong">
      <p class="notice wrong" role="alert"><xsl:value-of select="t:t('These are not the digits that the device shows at the moment. If they are, its clock is wrong.')"/></p>
    </xsl:if>
    <form class="card factor" method="post" action="/second-factor">
      <input type="hidden" name="csrf" value="{/page/reader/@csrf}"/>
      <input type="hidden" name="back" value="{@back}"/>
      <ol>
        <li>
          <p><xsl:value-of select="t:t('Open an app for one-time codes on your telephone (any that knows TOTP), and let it read this picture, or type the secret.')"/></p>
          <svg class="qr" viewBox="0 0 {@side} {@side}" role="img" aria-label="{t:t('Picture of the secret, for the app')}" shape-rendering="crispEdges">
            <rect width="{@side}" height="{@side}" fill="#fff"/>
            <path d="{@picture}" fill="#000"/>
          </svg>
          <p><xsl:value-of select="t:t('Secret:')"/><xsl:text> </xsl:text><strong class="id secret"><xsl:value-of select="@secret"/></strong></p>
          <p class="hint"><a href="{@uri}"><xsl:value-of select="t:t('Open in an app on this device')"/></a></p>
        </li>
        <li>
          <label for="one-time"><xsl:value-of select="t:t('Type the six digits that it shows now')"/></label>
          <input id="one-time" name="one-time" type="text" inputmode="numeric" required="required" maxlength="15" size="8" autocomplete="one-time-code"/>
        </li>
      </ol>
      <button type="submit"><xsl:value-of select="t:t('Enrol the device')"/></button>
    </form>
  </xsl:template>
</xsl:stylesheet>
